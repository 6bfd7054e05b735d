#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <string_view>
#include <utility>

namespace engineio::http {

/// The Date of responses (RFC 9110 section 5.6.7), written anew once a second.
class DateClock {
 public:
  using WallClock = std::chrono::system_clock;

  explicit DateClock(std::function<WallClock::time_point()> now = &WallClock::now)
      : now_(std::move(now)) {}

  /// `Sun, 06 Nov 1994 08:49:37 GMT`. The view lives until the next call.
  [[nodiscard]] std::string_view text();

 private:
  std::function<WallClock::time_point()> now_;
  std::chrono::sys_seconds second_ = std::chrono::sys_seconds::min();
  std::array<char, 29> text_{};
};

}  // namespace engineio::http
