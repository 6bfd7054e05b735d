#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>

namespace bench {

inline void append_number(std::string& out, std::uint64_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof(digits), number).ptr;
  out.append(digits, static_cast<std::size_t>(end - digits));
}

}  // namespace bench
