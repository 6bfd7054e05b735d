#include "engineio/protocol/packet.hpp"

#include "engineio/protocol/base64.hpp"

namespace engineio::protocol {
namespace {

constexpr int type_count = 7;

std::optional<PacketType> to_type(int value) {
  if (value < 0 || value >= type_count) {
    return std::nullopt;
  }
  return static_cast<PacketType>(value);
}

std::optional<PacketType> type_of_digit(char digit) { return to_type(digit - '0'); }

char digit_of(PacketType type) { return static_cast<char>('0' + static_cast<int>(type)); }

std::string_view view(std::span<char> chars) { return {chars.data(), chars.size()}; }

/// `text` is what follows the leading `b`.
std::optional<Packet> decode_base64_packet(Version version, std::span<char> text) {
  if (version == Version::v4) {
    return Packet{PacketType::message, true, view(decode_base64(text))};
  }
  const auto type = text.empty() ? std::nullopt : type_of_digit(text.front());
  if (!type) {
    return std::nullopt;
  }
  return Packet{*type, true, view(decode_base64(text.subspan(1)))};
}

}  // namespace

std::optional<Packet> decode_text(Version version, std::span<char> text) {
  if (text.empty()) {
    return std::nullopt;
  }
  if (text.front() == 'b') {
    return decode_base64_packet(version, text.subspan(1));
  }
  const auto type = type_of_digit(text.front());
  if (!type) {
    return std::nullopt;
  }
  return Packet{*type, false, view(text.subspan(1))};
}

std::optional<Packet> decode_binary(Version version, std::string_view bytes) {
  if (version == Version::v4) {
    return Packet{PacketType::message, true, bytes};
  }
  const auto type = bytes.empty() ? std::nullopt : to_type(bytes.front());
  if (!type) {
    return std::nullopt;
  }
  return Packet{*type, true, bytes.substr(1)};
}

void append_text(std::string& out, Version version, const Packet& packet) {
  if (packet.binary) {
    out += 'b';
  }
  if (!packet.binary || version == Version::v3) {
    out += digit_of(packet.type);
  }
  if (packet.binary) {
    append_base64(out, packet.data);
  } else {
    out += packet.data;
  }
}

std::size_t text_size(Version version, const Packet& packet) {
  if (!packet.binary) {
    return 1 + packet.data.size();
  }
  return (version == Version::v3 ? 2 : 1) + base64_size(packet.data.size());
}

void append_binary(std::string& out, Version version, const Packet& packet) {
  if (version == Version::v3) {
    out += static_cast<char>(packet.type);
  }
  out += packet.data;
}

}  // namespace engineio::protocol
