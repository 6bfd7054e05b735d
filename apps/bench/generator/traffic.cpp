#include "apps/bench/generator/traffic.hpp"

#include <algorithm>

#include "apps/bench/generator/failure.hpp"
#include "apps/bench/generator/process.hpp"

namespace bench {
namespace {

constexpr std::chrono::seconds patience{10};
constexpr std::chrono::milliseconds time_for_doubles{50};

/// When messages are due at a fixed rate, whatever the answers do: a stall of the server is seen by
/// all the messages that were due in it.
class Pacer {
 public:
  explicit Pacer(double rate)
      : interval_(static_cast<std::int64_t>(rate > 0 ? 1e9 / rate : 0)),
        next_(rate > 0 ? Clock::now() : Time::max()) {}

  [[nodiscard]] Time next() const { return next_; }
  Time take() {
    const Time due = next_;
    next_ += interval_;
    return due;
  }

 private:
  nanoseconds interval_;
  Time next_;
};

void run_until(Loop& loop, Time end, Traffic& traffic, Pacer& pacer) {
  for (Time now = Clock::now(); now < end; now = Clock::now()) {
    while (pacer.next() <= now) {
      traffic.send_one(pacer.take());
    }
    loop.turn(std::min(end, pacer.next()));
  }
}

template <class Condition>
void wait_for(Loop& loop, Condition&& condition, const char* failure) {
  const Time end = Clock::now() + patience;
  while (!condition()) {
    loop.turn(end);
    if (loop.now() >= end) {
      throw Failure(failure);
    }
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

Result run_traffic(Loop& loop, const Options& options, Traffic& traffic) {
  Fleet fleet(loop, options, traffic);
  fleet.open(options.connections);
  traffic.prepare(fleet);
  wait_for(
      loop, [&] { return traffic.prepared(); }, "the preparations were not answered");
  Result result = measure(loop, options, traffic);
  traffic.stop();
  wait_for(
      loop, [&] { return traffic.complete(); }, "messages were lost");
  loop.run_for(time_for_doubles);
  return result;
}

}  // namespace bench
