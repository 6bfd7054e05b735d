#include "apps/bench/generator/histogram.hpp"

#include <algorithm>
#include <cmath>

namespace bench {

nanoseconds Histogram::percentile(double share) const {
  const double rank = std::ceil(share * static_cast<double>(count_));
  const auto wanted = std::max<std::uint64_t>(static_cast<std::uint64_t>(rank), 1);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen >= wanted) {
      return upper_bound(i);
    }
  }
  return nanoseconds(0);
}

nanoseconds Histogram::upper_bound(std::size_t bucket) {
  if (bucket < 2 * steps) {
    return nanoseconds(bucket);
  }
  const std::size_t shift = bucket / steps - 1;
  const std::uint64_t first = (bucket - shift * steps) << shift;
  return nanoseconds(first + (std::uint64_t{1} << shift) - 1);
}

}  // namespace bench
