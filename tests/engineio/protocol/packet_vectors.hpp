#pragma once

#include <rapidjson/document.h>

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engineio/protocol/packet.hpp"

namespace tests {

/// A packet of a golden vector, or one that was decoded, with data of its own.
struct OwnedPacket {
  engineio::protocol::PacketType type;
  bool binary;
  std::string data;

  bool operator==(const OwnedPacket&) const = default;
  [[nodiscard]] engineio::protocol::Packet view() const { return {type, binary, data}; }
};

[[nodiscard]] OwnedPacket own(const engineio::protocol::Packet& packet);

/// `{type, data}` of a vector. nullopt: an error packet, or one without type, which Node ignores
/// and we take for an error.
[[nodiscard]] std::optional<OwnedPacket> read_packet(const rapidjson::Value& packet);

/// What a decoder of a payload delivers, and whether it failed afterwards.
struct DecodedPayload {
  std::vector<OwnedPacket> packets;
  bool failed = false;

  bool operator==(const DecodedPayload&) const = default;
};

/// A list of packets of a vector, possibly ending in an error.
[[nodiscard]] DecodedPayload read_payload(const rapidjson::Value& packets);

template <typename Decoder>
DecodedPayload decode_all(std::string body) {
  DecodedPayload result;
  Decoder decoder{std::span<char>(body)};
  while (const auto packet = decoder.next()) {
    result.packets.push_back(own(*packet));
  }
  result.failed = decoder.failed();
  return result;
}

}  // namespace tests
