#include "apps/bench/generator/traffic.hpp"

#include <algorithm>

#include "apps/bench/generator/pacer.hpp"
#include "apps/bench/generator/wait_for.hpp"

namespace bench {
namespace {

void run_until(Loop& loop, Time end, Traffic& traffic, Pacer& pacer) {
  for (Time now = Clock::now(); now < end; now = Clock::now()) {
    while (pacer.next() <= now) {
      traffic.send_one(pacer.take());
    }
    loop.turn(std::min(end, pacer.next()));
  }
}

Result measure(Loop& loop, const Options& options, Traffic& traffic) {
  Pacer pacer(options.rate);
  if (options.rate == 0) {
    traffic.start_closed_loop();
  }
  run_until(loop, Clock::now() + options.warmup, traffic, pacer);
  traffic.clear();
  const Meter meter(options);
  run_until(loop, Clock::now() + options.duration, traffic, pacer);
  Result result;
  meter.stop(result);
  result.count = traffic.arrived();
  result.latency = traffic.latency();
  return result;
}

}  // namespace

Result run_traffic(Loop& loop, const Options& options, Traffic& traffic, std::string_view unit) {
  Fleet fleet(loop, options, traffic);
  fleet.open(options.connections);
  traffic.prepare(fleet);
  wait_for(
      loop, [&] { return traffic.prepared(); }, "the preparations were not answered");
  Result result = measure(loop, options, traffic);
  result.unit = unit;
  traffic.stop();
  wait_for(
      loop, [&] { return traffic.complete(); }, "messages were lost");
  loop.run_for(time_for_doubles);
  return result;
}

}  // namespace bench
