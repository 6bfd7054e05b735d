#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engineio/message.hpp"
#include "socketio/value_view.hpp"

namespace socketio {

/// Socket.IO protocol 5, "Packet types".
enum class PacketType : std::uint8_t {
  connect,
  disconnect,
  event,
  ack,
  connect_error,
  // On the wire only: an event or ack with attachments. Decoded, and given to encode(), it is
  // an event or an ack.
  binary_event,
  binary_ack
};

/// A received packet. Its views are valid as long as those of ValueView.
///
/// `data` is what the type allows, whichever parser decoded it:
///  - connect: absent or an object;
///  - disconnect: absent;
///  - event: absent (from a client that sent none: there is nothing to dispatch), or an array whose
///    first element is the name, a number or a string that is not reserved; with the msgpack parser
///    any array, as in Node;
///  - ack: absent or an array;
///  - connect_error: absent, a string or an object.
struct Packet {
  PacketType type = PacketType::event;
  std::string_view nsp = "/";
  std::optional<std::uint64_t> id;
  ValueView data;
};

/// All of a packet to send but its data. `type` is never binary_event or binary_ack: binary in the
/// data decides.
struct PacketHeader {
  PacketType type = PacketType::event;
  std::string_view nsp = "/";
  std::optional<std::uint64_t> id = std::nullopt;
};

/// The messages of one packet: `text` as a message of `kind`, then each attachment as a binary
/// message, with nothing between them. Reuse the object to reuse its memory.
struct EncodedPacket {
  engineio::MessageKind kind = engineio::MessageKind::text;
  std::string text;
  std::vector<std::string> attachments;

  [[nodiscard]] std::size_t bytes() const noexcept;  ///< of all messages together
};

/// Names that clients may not use for events: they mean something else to both sides
/// ("connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener").
[[nodiscard]] bool is_reserved_event(std::string_view name) noexcept;

/// Whether `data` is what Packet promises for this type.
[[nodiscard]] bool is_valid_data(PacketType type, ValueView data) noexcept;

}  // namespace socketio
