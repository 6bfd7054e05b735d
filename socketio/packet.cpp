#include "socketio/packet.hpp"

#include <algorithm>
#include <array>

namespace socketio {
namespace {

bool is_valid_event(ValueView data) noexcept {
  const ValueView name = data[0];
  return name.is_number() || (name.is_string() && !is_reserved_event(*name.as_string()));
}

}  // namespace

std::size_t EncodedPacket::bytes() const noexcept {
  std::size_t bytes = text.size();
  for (const std::string& attachment : attachments) {
    bytes += attachment.size();
  }
  return bytes;
}

bool is_reserved_event(std::string_view name) noexcept {
  constexpr std::array<std::string_view, 6> reserved = {
      "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"};
  return std::find(reserved.begin(), reserved.end(), name) != reserved.end();
}

bool is_valid_data(PacketType type, ValueView data) noexcept {
  if (!data.exists()) {
    return true;
  }
  switch (type) {
    case PacketType::connect:
      return data.is_object();
    case PacketType::disconnect:
      return false;
    case PacketType::event:
    case PacketType::binary_event:
      return is_valid_event(data);
    case PacketType::ack:
    case PacketType::binary_ack:
      return data.is_array();
    case PacketType::connect_error:
      return data.is_string() || data.is_object();
  }
  return false;
}

}  // namespace socketio
