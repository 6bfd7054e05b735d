#include "adapters/redis/backoff.hpp"

#include <algorithm>

namespace adapters::redis {

std::chrono::milliseconds Backoff::next() {
  const auto longest = next_.count();
  next_ = next_ > last_ / 2 ? last_ : next_ * 2;
  std::uniform_int_distribution<std::chrono::milliseconds::rep> delay((longest + 1) / 2, longest);
  return std::chrono::milliseconds(delay(random_));
}

}  // namespace adapters::redis
