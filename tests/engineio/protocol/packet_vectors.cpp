#include "tests/engineio/protocol/packet_vectors.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>

#include "tests/support/vectors.hpp"

namespace tests {

using engineio::protocol::PacketType;

OwnedPacket own(const engineio::protocol::Packet& packet) {
  return {packet.type, packet.binary, std::string(packet.data)};
}

std::optional<OwnedPacket> read_packet(const rapidjson::Value& packet) {
  constexpr std::array<std::string_view, 7> names = {"open",    "close",   "ping", "pong",
                                                     "message", "upgrade", "noop"};
  if (!packet["type"].IsString() || string_of(packet, "type") == "error") {
    return std::nullopt;
  }
  const auto name = std::find(names.begin(), names.end(), string_of(packet, "type"));
  if (name == names.end()) {
    throw std::runtime_error("unknown packet type in a vector");
  }
  OwnedPacket result{static_cast<PacketType>(name - names.begin()), false, {}};
  const auto data = packet.FindMember("data");
  if (data != packet.MemberEnd()) {
    result.binary = data->value.IsObject();
    result.data = result.binary ? bytes_of(data->value, "$bin") : string_of(packet, "data");
  }
  return result;
}

DecodedPayload read_payload(const rapidjson::Value& packets) {
  DecodedPayload result;
  for (const auto& packet : packets.GetArray()) {
    if (const auto read = read_packet(packet)) {
      result.packets.push_back(*read);
    } else {
      result.failed = true;
    }
  }
  return result;
}

}  // namespace tests
