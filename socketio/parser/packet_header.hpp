#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "socketio/packet.hpp"

namespace socketio::parser {

/// What stands in front of the JSON of a packet:
/// `<type>[<attachments>-][<namespace>,][<ack id>]`.
struct ScannedHeader {
  PacketType type = PacketType::connect;
  std::size_t attachments = 0;
  std::string_view nsp = "/";
  std::optional<std::uint64_t> id;
  std::size_t size = 0;    // where the payload begins
  std::string_view error;  // static text; empty if the header is well-formed
};

/// Node converts types, numbers of attachments and ids with JavaScript's Number(), and so takes
/// ` ` for 0 and `0x1`, `1e0` and `1.0` for 1. No client sends that; here they are digits. An id
/// must fit 64 bits.
[[nodiscard]] ScannedHeader scan_packet_header(std::string_view text, std::size_t max_attachments);

/// Appends the header of a packet without attachments.
void append_packet_header(std::string& out, const PacketHeader& header);

/// Turns the encoded event or ack in `text` into a binary one.
void insert_attachment_count(std::string& text, std::size_t attachments);

}  // namespace socketio::parser
