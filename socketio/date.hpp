#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace socketio {

/// A JavaScript Date: milliseconds since 1970, UTC.
using Date = std::chrono::sys_time<std::chrono::milliseconds>;

/// The years from -32767 to 32767, which is what std::chrono can count.
inline constexpr Date min_date{std::chrono::sys_days(std::chrono::year::min() / 1 / 1)};
inline constexpr Date max_date{std::chrono::sys_days(std::chrono::year::max() / 12 / 31) +
                               std::chrono::hours(24) - std::chrono::milliseconds(1)};

/// What Date.prototype.toISOString makes of it: `2023-11-14T22:13:20.123Z`, years outside of
/// 0 … 9999 as `+012345-…`. `date` is from min_date to max_date.
[[nodiscard]] std::string format_date(Date date);

/// Reads ISO 8601 as JavaScript writes it, and with other precisions and offsets: `2023-11-14`,
/// `2023-11-14T22:13Z`, `2023-11-14T22:13:20.123456+02:00`. Less than a millisecond is cut off.
/// A time needs `Z` or an offset. nullopt: anything else.
[[nodiscard]] std::optional<Date> parse_date(std::string_view text);

}  // namespace socketio
