#pragma once

#include <chrono>
#include <random>

namespace adapters::redis {

/// How long to wait before the next attempt: doubled from the first to the last, each shortened by
/// up to half at random, so that many processes do not come back at the same moment.
class Backoff {
 public:
  Backoff(std::chrono::milliseconds first, std::chrono::milliseconds last, unsigned seed)
      : first_(first), last_(last), next_(first), random_(seed) {}

  [[nodiscard]] std::chrono::milliseconds next();

  /// The next attempt is a first one again.
  void reset() noexcept { next_ = first_; }

 private:
  const std::chrono::milliseconds first_;
  const std::chrono::milliseconds last_;
  std::chrono::milliseconds next_;
  std::minstd_rand random_;
};

}  // namespace adapters::redis
