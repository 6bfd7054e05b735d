#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bench {

inline void append_number(std::string& out, std::uint64_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof(digits), number).ptr;
  out.append(digits, static_cast<std::size_t>(end - digits));
}

/// The text that an object in JSON has under `name`; no text of the servers needs escapes. Throws
/// Failure if there is none.
[[nodiscard]] std::string_view field_of(std::string_view json, std::string_view name);

}  // namespace bench
