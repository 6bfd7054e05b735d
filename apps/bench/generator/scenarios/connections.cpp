#include "apps/bench/generator/fleet.hpp"
#include "apps/bench/generator/process.hpp"
#include "apps/bench/generator/scenarios/scenario.hpp"

namespace bench {
namespace {

/// Nothing is to come for a client that only joins.
class Silence final : public Listener {
  void on_packet(Client& client, std::string_view) override { client.fail("an event"); }
  void on_binary(Client& client, std::string_view) override { client.fail("an attachment"); }
};

}  // namespace

Result run_connect(Loop& loop, const Options& options) {
  Silence silence;
  Fleet fleet(loop, options, silence);
  const Meter meter(options);
  fleet.open(options.connections);
  Result result{.unit = "connection", .count = fleet.size(), .latency = fleet.join_times()};
  meter.stop(result);
  return result;
}

// The first connection comes before the measurement, and with it what the server sets up once.
Result run_idle(Loop& loop, const Options& options) {
  Silence silence;
  Fleet fleet(loop, options, silence);
  fleet.open(1);
  loop.run_for(options.warmup);
  const std::size_t before = options.server_pid != 0 ? resident_bytes_of(options.server_pid) : 0;
  fleet.open(1 + options.connections);
  loop.run_for(options.warmup);
  const Meter meter(options);
  loop.run_for(options.duration);
  Result result;
  meter.stop(result);
  if (options.server_pid != 0) {
    const auto growth =
        static_cast<double>(resident_bytes_of(options.server_pid)) - static_cast<double>(before);
    result.bytes_per_connection = growth / static_cast<double>(options.connections);
  }
  return result;
}

}  // namespace bench
