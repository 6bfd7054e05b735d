#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace engineio::websocket {

/// tchar of RFC 9110 section 5.6.2.
[[nodiscard]] constexpr bool is_token_character(char c) {
  constexpr std::string_view symbols = "!#$%&'*+-.^_`|~";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         symbols.find(c) != std::string_view::npos;
}

/// Reads a header field value from left to right: tokens, optional whitespace, single characters.
class TokenReader {
 public:
  explicit constexpr TokenReader(std::string_view text) : rest_(text) {}

  [[nodiscard]] constexpr bool at_end() const { return rest_.empty(); }

  /// The longest token from here; empty if there is none.
  constexpr std::string_view token() {
    std::size_t size = 0;
    while (size < rest_.size() && is_token_character(rest_[size])) {
      ++size;
    }
    const std::string_view result = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return result;
  }

  constexpr void skip_whitespace() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size()));
  }

  /// Takes the next character if it is `c`.
  constexpr bool take(char c) {
    const bool found = !rest_.empty() && rest_.front() == c;
    rest_.remove_prefix(found ? 1 : 0);
    return found;
  }

 private:
  std::string_view rest_;
};

}  // namespace engineio::websocket
