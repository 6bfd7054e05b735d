#include "apps/bench/generator/scenarios/fan_out.hpp"
#include "apps/bench/generator/scenarios/scenario.hpp"

namespace bench {
namespace {

constexpr std::string_view broadcast_prefix = "42[\"broadcast\",\"";

class Broadcast final : public FanOut {
 public:
  Broadcast(Loop& loop, const Options& options)
      : FanOut(loop, options, {.groups = 1, .senders = 1, .members = options.connections},
               broadcast_prefix) {}

 private:
  void begin_request(std::string& packet, std::size_t) const override {
    packet.append(broadcast_prefix);
  }
};

}  // namespace

Result run_broadcast(Loop& loop, const Options& options) {
  Broadcast broadcast(loop, options);
  return run_traffic(loop, options, broadcast, "delivery");
}

}  // namespace bench
