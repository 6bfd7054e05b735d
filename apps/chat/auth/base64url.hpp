#pragma once

#include <string>
#include <string_view>

namespace chat {

// base64url without padding (RFC 4648 section 5), as tokens use it.

/// Whether `text` is of its 64 characters. An empty text is.
[[nodiscard]] bool is_base64url(std::string_view text) noexcept;

[[nodiscard]] std::string encode_base64url(std::string_view bytes);

/// `text` is_base64url(). Bits that are too many for whole bytes are dropped, as Node does.
[[nodiscard]] std::string decode_base64url(std::string_view text);

}  // namespace chat
