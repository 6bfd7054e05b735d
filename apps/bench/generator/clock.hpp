#pragma once

#include <chrono>

namespace bench {

using Clock = std::chrono::steady_clock;
using Time = Clock::time_point;
using std::chrono::nanoseconds;

[[nodiscard]] inline double to_seconds(nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace bench
