#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace engineio::protocol {

/// Checks UTF-8 (RFC 3629) that arrives in pieces, cut anywhere.
class Utf8Validator {
 public:
  /// False as soon as the bytes so far cannot be continued to valid UTF-8; it stays false then.
  [[nodiscard]] bool feed(std::string_view bytes);

  /// True if the bytes so far are valid and do not end inside a character.
  [[nodiscard]] bool complete() const { return missing_ == 0; }

  /// Ready for another text.
  void reset() { *this = Utf8Validator{}; }

 private:
  bool feed_byte(unsigned char byte);

  static constexpr std::uint8_t invalid = 0xff;

  std::uint8_t missing_ = 0;    // continuation bytes of the current character, or `invalid`
  std::uint8_t lowest_ = 0x80;  // range of the next continuation byte
  std::uint8_t highest_ = 0xbf;
};

[[nodiscard]] bool is_valid_utf8(std::string_view text);

/// Number of UTF-16 code units, JavaScript's string length, of valid UTF-8.
[[nodiscard]] std::size_t utf16_length(std::string_view text);

/// Number of bytes of the first `units` UTF-16 code units of valid UTF-8. nullopt: there are fewer,
/// or the last one would be half of a surrogate pair.
[[nodiscard]] std::optional<std::size_t> utf16_prefix(std::string_view text, std::size_t units);

/// Replaces what is not valid UTF-8 by U+FFFD as Node's Buffer.toString does: one for each maximal
/// part of a character. The text may grow to three times its size; valid text is left alone.
void sanitize_utf8(std::string& text);

}  // namespace engineio::protocol
