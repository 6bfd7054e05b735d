#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace engineio::protocol {

/// Revision of the Engine.IO protocol, the `EIO` parameter of a request.
enum class Version : std::uint8_t { v3 = 3, v4 = 4 };

/// The values are those on the wire.
enum class PacketType : std::uint8_t { open, close, ping, pong, message, upgrade, noop };

/// A packet as a view: `data` belongs to whoever made the packet.
struct Packet {
  PacketType type = PacketType::noop;
  bool binary = false;  ///< `data` is bytes, not UTF-8 text
  std::string_view data;

  bool operator==(const Packet&) const = default;
};

/// Decodes one packet in its text form (a WebSocket text message, or one packet of a payload):
/// the type digit and the data; `b` and base64 for binary (v4), `b`, the type and base64 (v3).
/// Base64 is decoded in place, and `data` of the result always points into `text`.
/// nullopt: not a packet ("parse error").
[[nodiscard]] std::optional<Packet> decode_text(Version version, std::span<char> text);

/// Decodes a WebSocket binary message: in v4 all of it is the data of a message, in v3 the first
/// byte is the type. nullopt: not a packet, which v4 does not know.
[[nodiscard]] std::optional<Packet> decode_binary(Version version, std::string_view bytes);

/// Appends the text form. In v4 a binary packet is a message, whatever its type.
void append_text(std::string& out, Version version, const Packet& packet);

/// Number of bytes that append_text appends.
[[nodiscard]] std::size_t text_size(Version version, const Packet& packet);

/// Appends the binary form of a binary packet: what a WebSocket binary message carries.
void append_binary(std::string& out, Version version, const Packet& packet);

}  // namespace engineio::protocol
