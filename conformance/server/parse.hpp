#pragma once

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace conformance {

// Values of the command line. All throw std::invalid_argument with the rest of a sentence that
// begins with the name of the flag.

template <class Number>
[[nodiscard]] Number to_number(std::string_view value) {
  Number number{};
  const char* const end = value.data() + value.size();
  const auto [parsed, error] = std::from_chars(value.data(), end, number);
  if (error != std::errc() || parsed != end) {
    throw std::invalid_argument("takes a number, not \"" + std::string(value) + "\"");
  }
  return number;
}

[[nodiscard]] inline std::chrono::milliseconds to_milliseconds(std::string_view value) {
  return std::chrono::milliseconds(to_number<std::int64_t>(value));
}

/// `a,b` is {a, b}.
[[nodiscard]] inline std::vector<std::string> to_list(std::string_view value) {
  std::vector<std::string> list;
  for (std::size_t begin = 0; begin <= value.size();) {
    const std::size_t end = std::min(value.find(',', begin), value.size());
    list.emplace_back(value.substr(begin, end - begin));
    begin = end + 1;
  }
  return list;
}

}  // namespace conformance
