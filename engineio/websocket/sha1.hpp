#pragma once

#include <array>
#include <string_view>

namespace engineio::websocket {

/// SHA-1 (RFC 3174), which the opening handshake of RFC 6455 asks for. Not for anything else.
[[nodiscard]] std::array<unsigned char, 20> sha1(std::string_view message);

}  // namespace engineio::websocket
