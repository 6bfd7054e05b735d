#include <string>

#include "apps/bench/generator/failure.hpp"
#include "apps/bench/generator/fleet.hpp"
#include "apps/bench/generator/payload.hpp"
#include "apps/bench/generator/process.hpp"
#include "apps/bench/generator/scenarios/scenario.hpp"
#include "apps/bench/generator/wait_for.hpp"

namespace bench {
namespace {

/// Nothing comes for a client that only joins, but the answer to one echo of each.
class Newcomers final : public Listener {
 public:
  explicit Newcomers(const Options& options) : payload_(options.size) {}

  /// All clients from `first` on are in the namespace if their echo comes back.
  void check(Loop& loop, Fleet& fleet, std::size_t first) {
    unanswered_ = fleet.size() - first;
    for (std::size_t i = first; i < fleet.size(); ++i) {
      fleet[i].send("420[\"echo\",\"" + std::string(payload_.of(i, 0)) + "\"]");
    }
    wait_for(
        loop, [&] { return unanswered_ == 0; }, "not all clients got an answer");
    loop.run_for(time_for_doubles);
  }

 private:
  void on_packet(Client& client, std::string_view packet) override {
    const std::string expected = "430[\"" + std::string(payload_.of(client.index(), 0)) + "\"]";
    if (unanswered_ == 0 || packet != expected) {
      client.fail(describe_mismatch(packet, expected));
    }
    --unanswered_;
  }

  void on_binary(Client& client, std::string_view) override { client.fail("an attachment"); }

  Payload payload_;
  std::size_t unanswered_ = 0;
};

// With compression, every client uses it: the server must compress its answer.
void use_deflate(Loop& loop, const Options& options, Newcomers& newcomers, Fleet& fleet,
                 std::size_t first) {
  const Deflate& deflate = *options.route.deflate;
  const std::uint64_t before = deflate.decompressed();
  newcomers.check(loop, fleet, first);
  if (deflate.decompressed() - before < fleet.size() - first) {
    throw Failure("the server does not compress messages of --size " +
                  std::to_string(options.size));
  }
}

}  // namespace

Result run_connect(Loop& loop, const Options& options) {
  Newcomers newcomers(options);
  Fleet fleet(loop, options, newcomers);
  const Meter meter(options);
  fleet.open(options.connections);
  Result result{.unit = "connection", .count = fleet.size(), .latency = fleet.join_times()};
  meter.stop(result);
  newcomers.check(loop, fleet, 0);
  return result;
}

// The first connection comes before the measurement, and with it what the server sets up once.
Result run_idle(Loop& loop, const Options& options) {
  Newcomers newcomers(options);
  Fleet fleet(loop, options, newcomers);
  const auto add = [&](std::size_t count) {
    const std::size_t first = fleet.size();
    fleet.open(first + count);
    if (options.route.deflate) {
      use_deflate(loop, options, newcomers, fleet, first);
    }
    loop.run_for(options.warmup);
  };
  add(1);
  const std::size_t before = options.server_pid != 0 ? resident_bytes_of(options.server_pid) : 0;
  add(options.connections);
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
