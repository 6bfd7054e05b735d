#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "apps/bench/generator/scenarios/fan_out.hpp"

namespace bench {

/// The groups are rooms of the server, which members join as soon as they are in the namespace.
class Rooms : public FanOut {
 public:
  Rooms(Loop& loop, const Options& options, Shape shape);

  [[nodiscard]] bool prepared() const override { return outside_ == 0; }

 protected:
  void on_joined(Client& client, std::string_view answer) override;
  void on_packet(Client& client, std::string_view packet) override;
  void begin_request(std::string& packet, std::size_t sender) const override;

  /// All members have left their rooms and will join them again.
  void expect_all() { outside_ = members_; }

 private:
  std::size_t members_;
  std::size_t outside_;  // members that are not in their room
};

}  // namespace bench
