#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bench::websocket {

/// The client's side of RFC 6455, as far as a server that behaves makes use of it. Functions throw
/// Failure on what such a server never sends.

enum class Opcode : std::uint8_t { text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

struct Frame {
  Opcode opcode;
  bool compressed;
  std::string_view payload;
  std::size_t size;  ///< with its header
};

/// The frame that `bytes` begin with; nullopt if it is not complete yet.
[[nodiscard]] std::optional<Frame> read_frame(std::string_view bytes);

/// `mask` should differ from frame to frame.
void append_frame(std::string& out, Opcode opcode, std::string_view payload, std::uint32_t mask,
                  bool compressed = false);

/// `deflate`: offers permessage-deflate.
void append_upgrade_request(std::string& out, std::string_view host, std::string_view target,
                            bool deflate);

/// Whether the head of a response accepts append_upgrade_request().
[[nodiscard]] bool accepts_upgrade(std::string_view head);
/// Whether it accepts permessage-deflate, and neither side keeps a context between messages.
[[nodiscard]] bool accepts_deflate(std::string_view head);

}  // namespace bench::websocket
