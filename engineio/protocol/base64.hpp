#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace engineio::protocol {

enum class Base64Alphabet {
  standard,  ///< `+` and `/`, padded with `=`: message data and Sec-WebSocket-Accept
  url,       ///< `-` and `_`, not padded: ids
};

/// Number of characters that the standard (padded) form of `size` bytes takes.
[[nodiscard]] constexpr std::size_t base64_size(std::size_t size) { return (size + 2) / 3 * 4; }

/// Writes the base64 form of `bytes` to `out`, which must have room for base64_size(bytes.size())
/// characters. Returns the number of characters written.
std::size_t encode_base64(std::string_view bytes, char* out,
                          Base64Alphabet alphabet = Base64Alphabet::standard);

/// Appends the standard form of `bytes`.
void append_base64(std::string& out, std::string_view bytes);

/// Decodes in place and returns the decoded part, a prefix of `text`. Never fails. As lenient as
/// Node's Buffer.from(text, "base64"): both alphabets are accepted, the first `=` ends the input,
/// every other character is skipped, and so is a last character that does not complete a byte.
[[nodiscard]] std::span<char> decode_base64(std::span<char> text);

}  // namespace engineio::protocol
