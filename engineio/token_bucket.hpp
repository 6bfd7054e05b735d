#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "engineio/options.hpp"
#include "engineio/timers.hpp"

namespace engineio {

/// What one peer has left of a RateLimit, exact to the nanosecond. Full at first. Knows no clock,
/// and not the limit either, so that a bucket is 16 bytes: every call is given both. Not
/// thread-safe.
class TokenBucket {
 public:
  using TimePoint = Clock::time_point;

  /// Takes one, if there is one. Those that were refused cost nothing: who goes on asking gets what
  /// the limit allows. A `now` before that of an earlier call counts as the same time.
  bool take(RateLimit limit, TimePoint now) noexcept {
    if (limit.per_second == 0) {
      return true;
    }
    missing_ = missing_at(limit, now);
    last_ = std::max(last_, now);
    if (missing_ + one > capacity(limit)) {
      return false;
    }
    missing_ += one;
    return true;
  }

  /// Whether it is as good as a new one, and can be forgotten.
  [[nodiscard]] bool is_full(RateLimit limit, TimePoint now) const noexcept {
    return limit.per_second == 0 || missing_at(limit, now) == 0;
  }

 private:
  // In billionths, because a nanosecond brings `per_second` of them: no rounding anywhere. The
  // largest capacity is below 2^62.
  static constexpr std::uint64_t one = 1'000'000'000;

  [[nodiscard]] static std::uint64_t capacity(RateLimit limit) noexcept {
    return one * (limit.burst != 0 ? limit.burst : limit.per_second);
  }

  [[nodiscard]] std::uint64_t missing_at(RateLimit limit, TimePoint now) const noexcept {
    if (missing_ == 0 || now <= last_) {
      return missing_;
    }
    const auto elapsed = static_cast<std::uint64_t>(std::chrono::nanoseconds(now - last_).count());
    // Divided, because the product may be above 2^64.
    return elapsed > missing_ / limit.per_second ? 0 : missing_ - elapsed * limit.per_second;
  }

  std::uint64_t missing_ = 0;
  TimePoint last_;
};

}  // namespace engineio
