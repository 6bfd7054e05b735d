#include "socketio/detail/outgoing.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <span>

namespace socketio::detail {

namespace {

/// What an unusually large packet has left is not kept.
constexpr std::size_t max_kept_bytes = 64 * 1024;

EncodedPacket& spare() {
  thread_local EncodedPacket packet;
  return packet;
}

engineio::Message make_head(const EncodedPacket& packet) {
  return packet.kind == engineio::MessageKind::text ? engineio::Message::text(packet.text)
                                                    : engineio::Message::binary(packet.text);
}

template <class Number>
std::string_view print(Number number, std::string& memory) {
  std::array<char, 32> digits;
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  memory.assign(digits.data(), result.ptr);
  return memory;
}

}  // namespace

OutgoingPacket::OutgoingPacket(const EncodedPacket& packet) : head(make_head(packet)) {
  attachments.reserve(packet.attachments.size());
  for (const std::string& attachment : packet.attachments) {
    attachments.push_back(engineio::Message::binary(attachment));
  }
}

PacketBuffer::PacketBuffer() : packet_(std::exchange(spare(), EncodedPacket{})) {}

PacketBuffer::~PacketBuffer() {
  if (packet_.text.capacity() <= max_kept_bytes && packet_.attachments.empty()) {
    spare() = std::move(packet_);
  }
}

SentEvent::SentEvent(const Parser& parser, const OutgoingPacket& packet) {
  messages_.reserve(1 + packet.attachments.size());
  messages_.emplace_back(packet.head.payload());
  for (const engineio::Message& attachment : packet.attachments) {
    messages_.emplace_back(attachment.payload());
  }
  std::unique_ptr<PartialPacket> partial;
  DecodeResult result = parser.decode(packet.head.kind(), messages_.front(), partial, scratch_);
  for (std::size_t i = 1; i < messages_.size(); ++i) {
    result = parser.decode(engineio::MessageKind::binary, messages_[i], partial, scratch_);
  }
  if (result.status == DecodeResult::Status::packet) {
    name_ = std::string(event_name(result.packet.data[0], name_));
    arguments_ = Arguments(result.packet.data, 1);
  }
}

std::string_view event_name(ValueView name, std::string& memory) {
  if (const auto text = name.as_string()) {
    return *text;
  }
  if (const auto integer = name.as_int64()) {
    return print(*integer, memory);
  }
  return print(name.as_double().value_or(0), memory);
}

}  // namespace socketio::detail
