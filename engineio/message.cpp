#include "engineio/message.hpp"

#include <cstring>

#include "engineio/websocket/frame.hpp"

namespace engineio {

namespace {

// Room for the longest frame header, the type digit, then the payload. The header is put directly
// in front of what the frame holds: the digit and the payload of a text message, the payload alone
// of a binary one.
constexpr std::size_t type_offset = websocket::max_header_size;
constexpr std::size_t payload_offset = type_offset + 1;

}  // namespace

Message Message::text(std::string_view payload) { return {MessageKind::text, '4', payload}; }

Message Message::binary(std::string_view payload) { return {MessageKind::binary, '4', payload}; }

Message Message::control(char type, std::string_view data) {
  return {MessageKind::text, type, data};
}

Message::Message(MessageKind kind, char type, std::string_view payload)
    : bytes_(Bytes::allocate(payload_offset + payload.size())), kind_(kind) {
  const bool is_text = kind == MessageKind::text;
  const std::size_t content_offset = is_text ? type_offset : payload_offset;
  const std::size_t content_size = payload.size() + (is_text ? 1 : 0);

  char header[websocket::max_header_size];
  const std::size_t header_size =
      websocket::encode_header(is_text ? websocket::Opcode::text : websocket::Opcode::binary, true,
                               false, content_size, header);

  frame_offset_ = static_cast<std::uint8_t>(content_offset - header_size);
  std::memcpy(bytes_.data() + frame_offset_, header, header_size);
  if (is_text) {
    bytes_.data()[type_offset] = type;
  }
  if (!payload.empty()) {
    std::memcpy(bytes_.data() + payload_offset, payload.data(), payload.size());
  }
}

std::string_view Message::payload() const noexcept { return bytes_.view().substr(payload_offset); }

std::string_view Message::text_packet() const noexcept { return bytes_.view().substr(type_offset); }

Slice Message::frame() const {
  return {bytes_, frame_offset_, static_cast<std::uint32_t>(bytes_.size() - frame_offset_)};
}

}  // namespace engineio
