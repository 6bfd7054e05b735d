#pragma once

#include <cstdint>
#include <string_view>

#include "apps/bench/generator/client.hpp"
#include "apps/bench/generator/fleet.hpp"
#include "apps/bench/generator/histogram.hpp"
#include "apps/bench/generator/options.hpp"
#include "apps/bench/generator/result.hpp"

namespace bench {

/// A scenario in which messages go back and forth: what is sent, and how the answers are checked.
class Traffic : public Listener {
 public:
  virtual ~Traffic() = default;

  /// The clients have joined. Sends what has to be arranged before.
  virtual void prepare(Fleet&) {}
  [[nodiscard]] virtual bool prepared() const { return true; }

  /// Sends all messages that may be on their way at a time. Each that is complete then sends the
  /// next one, until stop().
  virtual void start_closed_loop() = 0;
  /// Sends one message, which was due at that time.
  virtual void send_one(Time due) = 0;
  void stop() { repeat_ = false; }
  /// Nothing is on its way any more.
  [[nodiscard]] virtual bool complete() const = 0;

  /// What has arrived since the last clear().
  [[nodiscard]] std::uint64_t arrived() const { return arrived_; }
  [[nodiscard]] const Histogram& latency() const { return latency_; }
  void clear() {
    arrived_ = 0;
    latency_ = {};
  }

 protected:
  Traffic(Loop& loop, const Options& options) : loop_(loop), repeat_(options.rate == 0) {}

  [[nodiscard]] Time now() const { return loop_.now(); }
  [[nodiscard]] bool repeat() const { return repeat_; }
  void count_arrival(Time sent) {
    ++arrived_;
    latency_.add(now() - sent);
  }

 private:
  Loop& loop_;
  bool repeat_;
  std::uint64_t arrived_ = 0;
  Histogram latency_;
};

/// Opens the connections, warms up, measures, and waits for everything that is on its way. `unit`
/// is what arrives.
[[nodiscard]] Result run_traffic(Loop& loop, const Options& options, Traffic& traffic,
                                 std::string_view unit);

}  // namespace bench
