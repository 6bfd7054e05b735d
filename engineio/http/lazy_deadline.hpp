#pragma once

#include <optional>

#include "engineio/function.hpp"
#include "engineio/timers.hpp"

namespace engineio::http {

/// A deadline that is moved and lifted far more often than it is reached: the timer below is left
/// running and looks at the deadline when it expires.
class LazyDeadline {
 public:
  LazyDeadline(Timers& timers, Function<void()> on_reached)
      : timers_(timers), on_reached_(std::move(on_reached)) {}

  LazyDeadline(const LazyDeadline&) = delete;
  LazyDeadline& operator=(const LazyDeadline&) = delete;

  void set(Clock::time_point deadline);
  void lift() noexcept { deadline_.reset(); }

 private:
  void arm(Clock::time_point when);
  void on_expiry();

  Timers& timers_;
  Function<void()> on_reached_;
  std::optional<Clock::time_point> deadline_;
  Clock::time_point armed_for_;
  Timer timer_;
};

}  // namespace engineio::http
