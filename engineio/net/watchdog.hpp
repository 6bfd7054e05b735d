#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "engineio/options.hpp"
#include "engineio/timers.hpp"

namespace engineio::net {

class Loop;

/// Tells the stalls of one shard from when its turns begin. It knows no clock.
class StallDetector {
 public:
  StallDetector(unsigned shard, std::chrono::milliseconds threshold)
      : shard_(shard), threshold_(threshold) {}

  /// What there is to report. `busy_since` is when the shard's turn began; nullopt while it sleeps.
  /// `activity` is asked for what the shard is doing. The report lives until the next call.
  [[nodiscard]] std::optional<Stall> look(Clock::time_point now,
                                          std::optional<Clock::time_point> busy_since,
                                          const std::function<std::string()>& activity);

  /// When there can be something to report next.
  [[nodiscard]] Clock::time_point next_look(Clock::time_point now,
                                            std::optional<Clock::time_point> busy_since) const;

 private:
  [[nodiscard]] Stall report(Clock::time_point now, bool over) const;

  unsigned shard_;
  std::chrono::milliseconds threshold_;
  std::optional<Clock::time_point> stalled_since_;  // until the end is reported
  std::string activity_;
};

/// Reports loops that do not come back, from a thread of its own that ends with the object. It only
/// looks at the loops: it neither wakes nor delays them.
class Watchdog {
 public:
  using OnStall = std::function<void(const Stall&)>;

  /// The loops must live longer. `threshold` is above 0. Throws std::system_error.
  Watchdog(std::vector<Loop*> loops, std::chrono::milliseconds threshold, OnStall on_stall);

 private:
  void run(const std::stop_token& stop);
  /// Returns when to look again.
  Clock::time_point look(Loop& loop, StallDetector& detector);

  const std::vector<Loop*> loops_;
  const OnStall on_stall_;
  std::vector<StallDetector> detectors_;
  std::mutex mutex_;
  std::condition_variable_any wake_up_;
  std::jthread thread_;
};

}  // namespace engineio::net
