#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace socketio::parser {

void append_integer(std::string& out, std::int64_t value);
void append_integer(std::string& out, std::uint64_t value);

/// Appends a finite number as JavaScript prints it: the shortest digits that read back as the same
/// double, `1`, `0.000001`, `1e-7`, `123456789012345680000`, `1e+21`; -0 is `0`.
/// ECMA-262: "Number::toString".
void append_number(std::string& out, double value);

/// Reads a number that follows the grammar of JSON, as JavaScript does: too large is infinite,
/// too small is 0, with the sign.
[[nodiscard]] double parse_number(std::string_view text);

}  // namespace socketio::parser
