#include "apps/bench/generator/scenarios/rooms.hpp"
#include "apps/bench/generator/scenarios/scenario.hpp"
#include "apps/bench/generator/wait_for.hpp"

namespace bench {
namespace {

class Returning final : public Rooms {
 public:
  Returning(Loop& loop, const Options& options)
      : Rooms(loop, options,
              {.groups = options.rooms, .senders = options.rooms, .members = options.connections}) {
  }

  void lose_all() {
    expect_all();
    lost_ = Clock::now();
  }

 private:
  void on_packet(Client& client, std::string_view packet) override {
    if (!prepared()) {
      count_arrival(lost_);
    }
    Rooms::on_packet(client, packet);
  }

  Time lost_{};
};

// One message in each room reaches all that are in it.
void check_rooms(Loop& loop, Returning& clients) {
  clients.stop();
  clients.start_closed_loop();
  wait_for(
      loop, [&] { return clients.complete(); }, "messages were lost: not all are in their rooms");
  loop.run_for(time_for_doubles);
}

}  // namespace

Result run_avalanche(Loop& loop, const Options& options) {
  constexpr const char* failure = "not all are back in their rooms";
  Returning clients(loop, options);
  Fleet fleet(loop, options, clients);
  fleet.open(options.connections);
  clients.prepare(fleet);
  wait_for(
      loop, [&] { return clients.prepared(); }, failure);
  loop.run_for(options.warmup);

  clients.clear();
  const Meter meter(options);
  clients.lose_all();
  fleet.reopen();
  wait_for(
      loop, [&] { return clients.prepared(); }, failure);
  Result result{.unit = "connection", .count = clients.arrived(), .latency = clients.latency()};
  meter.stop(result);

  check_rooms(loop, clients);
  return result;
}

}  // namespace bench
