#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace socketio::parser {

/// The longest prefix of [text, end) that JSON strings hold as it is: ASCII without quotes,
/// backslashes and control characters. Returns its end.
[[nodiscard]] const char* skip_plain(const char* text, const char* end) noexcept;

/// What stands at the beginning of a text.
struct Character {
  enum class Kind : std::uint8_t {
    valid,
    surrogate,  // a UTF-16 surrogate in the form of UTF-8 (WTF-8), 3 bytes
    invalid     // the longest beginning of a character, to be replaced by one U+FFFD
  };

  Kind kind;
  std::uint8_t size;  // bytes, at least 1
};

/// [text, end) is not empty.
[[nodiscard]] Character scan_character(const char* text, const char* end) noexcept;

/// The code unit of a surrogate in WTF-8: 0xd800 … 0xdfff.
[[nodiscard]] std::uint16_t decode_surrogate(const char* text) noexcept;

/// Valid UTF-8, or WTF-8: with surrogates.
[[nodiscard]] bool is_valid_utf8(std::string_view text) noexcept;
[[nodiscard]] bool is_valid_wtf8(std::string_view text) noexcept;

/// Replaces what is invalid by U+FFFD; surrogates, too, unless they are to be kept.
[[nodiscard]] std::string sanitized_utf8(std::string_view text, bool keep_surrogates);

inline constexpr std::string_view replacement_character = "\xEF\xBF\xBD";

}  // namespace socketio::parser
