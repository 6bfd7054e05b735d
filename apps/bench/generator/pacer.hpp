#pragma once

#include <cstdint>

#include "apps/bench/generator/clock.hpp"

namespace bench {

/// When messages are due at a fixed rate, whatever the answers do: a stall of the server is seen by
/// all the messages that were due in it.
class Pacer {
 public:
  /// `rate` is per second; 0: never.
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

}  // namespace bench
