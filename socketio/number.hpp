#pragma once

#include <cstdint>
#include <optional>

namespace socketio {

/// The integer that a double is, if it is one and fits. -0 is 0.
[[nodiscard]] inline std::optional<std::int64_t> exact_int64(double value) noexcept {
  // 2^63 is a double, 2^63 - 1 is not.
  if (value >= -9223372036854775808.0 && value < 9223372036854775808.0) {
    const auto integer = static_cast<std::int64_t>(value);
    if (static_cast<double>(integer) == value) {
      return integer;
    }
  }
  return std::nullopt;
}

[[nodiscard]] inline std::optional<std::uint64_t> exact_uint64(double value) noexcept {
  if (value >= 0.0 && value < 18446744073709551616.0) {
    const auto integer = static_cast<std::uint64_t>(value);
    if (static_cast<double>(integer) == value) {
      return integer;
    }
  }
  return std::nullopt;
}

}  // namespace socketio
