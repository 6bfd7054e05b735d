#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engineio/bytes.hpp"

namespace engineio {

enum class MessageKind : std::uint8_t { text, binary };

/// An outgoing Engine.IO message, encoded once for every way it may leave: its bytes already carry
/// the packet type and the WebSocket frame header (a server's frames are not masked, RFC 6455
/// section 5.1, so they are the same for every receiver). Sending one Message to N sessions costs
/// N reference counts.
///
/// Copies share their bytes and must stay on one thread; see Bytes.
class Message {
 public:
  /// `payload` must be valid UTF-8: peers end the connection over a text frame that is not.
  [[nodiscard]] static Message text(std::string_view payload);
  [[nodiscard]] static Message binary(std::string_view payload);

  /// A packet of another type than `message`, for Engine.IO's own use: `type` is its digit.
  [[nodiscard]] static Message control(char type, std::string_view data = {});

  [[nodiscard]] MessageKind kind() const noexcept { return kind_; }
  [[nodiscard]] std::string_view payload() const noexcept;

  /// The packet of a text message as a polling payload holds it: type digit and payload.
  [[nodiscard]] std::string_view text_packet() const noexcept;

  /// The whole WebSocket frame as protocol 4 sends it.
  [[nodiscard]] Slice frame() const;

 private:
  Message(MessageKind kind, char type, std::string_view payload);

  Bytes bytes_;
  MessageKind kind_;
  std::uint8_t frame_offset_;
};

}  // namespace engineio
