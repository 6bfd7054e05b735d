#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "apps/bench/generator/clock.hpp"

namespace bench {

/// How long things took, to 1.6%: every power of two of nanoseconds is divided into 64 buckets.
class Histogram {
 public:
  void add(nanoseconds duration) {
    const auto value = static_cast<std::uint64_t>(duration.count() < 0 ? 0 : duration.count());
    ++buckets_[bucket_of(value)];
    ++count_;
  }

  [[nodiscard]] std::uint64_t count() const { return count_; }

  /// The upper bound of the bucket that holds the sample at `share` (0 to 1) of all; 0 if empty.
  [[nodiscard]] nanoseconds percentile(double share) const;

  /// Calls `visit(upper bound, samples)` for each bucket that is not empty.
  template <class F>
  void for_each_bucket(F&& visit) const {
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
      if (buckets_[i] != 0) {
        visit(upper_bound(i), buckets_[i]);
      }
    }
  }

 private:
  static constexpr std::size_t precision_bits = 6;
  static constexpr std::size_t steps = std::size_t{1} << precision_bits;

  [[nodiscard]] static std::size_t bucket_of(std::uint64_t value) {
    if (value < steps) {
      return value;
    }
    const auto width = static_cast<std::size_t>(std::bit_width(value));
    const std::size_t shift = width - precision_bits - 1;
    return shift * steps + (value >> shift);
  }
  [[nodiscard]] static nanoseconds upper_bound(std::size_t bucket);

  std::array<std::uint64_t, steps*(64 - precision_bits + 1)> buckets_{};
  std::uint64_t count_ = 0;
};

}  // namespace bench
