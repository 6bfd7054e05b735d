#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/redis/backend.hpp"
#include "adapters/redis/inquiry.hpp"
#include "adapters/redis/locator.hpp"
#include "adapters/redis/subscriber.hpp"

namespace adapters::redis {

/// The master that `reply` to SENTINEL get-master-addr-by-name names, if any.
[[nodiscard]] std::optional<Address> parse_master_address(const Reply& reply);

/// The new master if `message`, one of +switch-master, is about the master called `name`.
[[nodiscard]] std::optional<Address> parse_switch(std::string_view message, std::string_view name);

/// Asks the Sentinels in turn, beginning with the one that answered last.
class Sentinels final : public Locator, private Subscriber::Owner {
 public:
  using Switched = engineio::Function<void(const Address& master)>;

  explicit Sentinels(Environment& environment);

  /// `switched` is called when a Sentinel tells of a new master by itself.
  void on_switch(Switched switched) { switched_ = std::move(switched); }

  void locate(Done done) override;
  bool wants_master() const noexcept override { return true; }

 private:
  /// Connects to one Sentinel after the other.
  class Rotation final : public Locator {
   public:
    explicit Rotation(const std::vector<Address>& sentinels) : sentinels_(sentinels) {}
    void locate(Done done) override { done(sentinels_[next_++ % sentinels_.size()], {}); }

   private:
    const std::vector<Address>& sentinels_;
    std::size_t next_ = 0;
  };

  void watch();
  void ask();
  void on_answer(const Reply* reply, const std::string& reason);
  void finish(const std::optional<Address>& master, const std::string& reason);
  void on_refused(Subscriber&, ChannelKind, const std::string&, const std::string&) override {}

  Environment& environment_;
  Switched switched_;
  const std::vector<Address> sentinels_;
  std::size_t current_ = 0;  // the one to ask
  std::size_t silent_ = 0;   // did not know, one after the other
  std::vector<Done> waiting_;
  std::unique_ptr<Inquiry> inquiry_;

  const Target without_credentials_;
  Rotation rotation_{sentinels_};
  Subscriptions switches_;
  std::unique_ptr<Subscriber> subscriber_;
};

/// The server that the Sentinels of the options name.
[[nodiscard]] std::unique_ptr<Backend> make_watched_server(Environment& environment);

}  // namespace adapters::redis
