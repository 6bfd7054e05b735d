#include <string>
#include <vector>

#include "engineio/protocol/base64.hpp"
#include "engineio/protocol/json_string.hpp"
#include "engineio/protocol/packet.hpp"
#include "engineio/protocol/payload.hpp"
#include "engineio/protocol/payload_v3.hpp"
#include "engineio/protocol/utf8.hpp"
#include "socketio/codec.hpp"
#include "socketio/parser/utf8.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/targets.hpp"

// Packets of Engine.IO and the payloads of polling, and the text that they consist of. The first
// byte says what the others are.

namespace fuzz {

using namespace engineio::protocol;

namespace {

/// A packet with a life of its own.
struct KeptPacket {
  PacketType type;
  bool binary;
  std::string data;

  explicit KeptPacket(const Packet& packet)
      : type(packet.type), binary(packet.binary), data(packet.data) {}
  [[nodiscard]] Packet view() const { return {type, binary, data}; }
  bool operator==(const KeptPacket&) const = default;
};

template <class Decoder>
std::vector<KeptPacket> decode_all(std::string_view body, bool& failed) {
  Copy copy(body);
  Decoder decoder(copy.span());
  std::vector<KeptPacket> packets;
  while (const auto packet = decoder.next()) {
    packets.emplace_back(*packet);
  }
  require(!decoder.next(), "there is nothing behind the end");
  failed = decoder.failed();
  return packets;
}

/// The packets of a payload, encoded, are those packets.
template <class Decoder, class Append>
void check_payload(std::string_view body, Append append) {
  bool failed = false;
  const auto packets = decode_all<Decoder>(body, failed);
  require(packets.size() <= body.size() + 1, "no more packets than bytes");
  if (packets.empty()) {
    return;
  }
  std::string encoded;
  for (const KeptPacket& packet : packets) {
    append(encoded, packet.view());
  }
  require(decode_all<Decoder>(encoded, failed) == packets && !failed,
          "a payload that is encoded again is the same");
}

void check_string_payload_v3(std::string_view body) {
  std::string text(body);
  sanitize_utf8(text);
  check_payload<PayloadV3Decoder>(text, append_packet_v3);
}

void check_packet(Version version, std::string_view text) {
  Copy copy(text);
  const auto packet = decode_text(version, copy.span());
  if (!packet) {
    return;
  }
  std::string encoded;
  append_text(encoded, version, *packet);
  require(encoded.size() == text_size(version, *packet), "text_size() is what append_text() adds");
  Copy again(encoded);
  require(decode_text(version, again.span()) == packet, "a packet in text is the same again");
}

void check_binary_packet(Version version, std::string_view bytes) {
  const Copy copy(bytes);
  const auto packet = decode_binary(version, copy.view());
  if (packet) {
    std::string encoded;
    append_binary(encoded, version, *packet);
    require(encoded == bytes, "a binary packet is the same again");
  }
}

void check_utf8(std::string_view bytes, std::uint8_t how) {
  const Copy copy(bytes);
  const bool valid = is_valid_utf8(copy.view());
  require(socketio::parser::is_valid_utf8(copy.view()) == valid, "both layers mean the same UTF-8");
  Utf8Validator validator;
  bool accepted = true;
  for (const std::string_view piece : cut(bytes, how)) {
    accepted = validator.feed(piece);
  }
  require((accepted && validator.complete()) == valid, "UTF-8 is valid wherever it is cut");
  std::string text(bytes);
  sanitize_utf8(text);
  require(is_valid_utf8(text), "what was sanitized is valid");
  require(!valid || text == bytes, "valid text is left alone");
  require(text.size() <= 3 * bytes.size(), "no more than three bytes for one");
  const std::size_t units = utf16_length(text);
  require(utf16_prefix(text, units) == text.size(), "all units are all of the text");
  require(!utf16_prefix(text, units + 1), "there are no more units");

  std::string json;
  append_json_string(json, text);
  const auto document = socketio::Document::from_json(json);
  require(document && document->root().as_string() == text, "a JSON string is the text");
  json.clear();
  append_javascript_string(json, text);
  const auto script = socketio::Document::from_json(json);
  require(script && script->root().as_string() == text, "a JavaScript string is the text");
  require(json.find("\xe2\x80\xa8") == std::string::npos, "it holds no line separator");
}

void check_base64(std::string_view bytes) {
  Copy copy(bytes);
  require(decode_base64(copy.span()).size() <= bytes.size() / 4 * 3 + 2, "base64 shrinks");
  std::string encoded;
  append_base64(encoded, bytes);
  require(encoded.size() == base64_size(bytes.size()),
          "base64_size() is what append_base64() adds");
  const auto decoded = decode_base64(encoded);
  require(std::string_view(decoded.data(), decoded.size()) == bytes, "base64 is the bytes again");
}

}  // namespace

void payload(std::string_view input) {
  switch (const std::uint8_t mode = take_byte(input)) {
    case '3':
      return check_string_payload_v3(input);
    case 'b':
      return check_payload<BinaryPayloadV3Decoder>(input, append_binary_packet_v3);
    case 'p':
      check_packet(Version::v3, input);
      return check_packet(Version::v4, input);
    case 'P':
      check_binary_packet(Version::v3, input);
      return check_binary_packet(Version::v4, input);
    case '6':
      return check_base64(input);
    case '4':
      return check_payload<PayloadDecoder>(input, append_packet);
    default:
      return check_utf8(input, mode);
  }
}

}  // namespace fuzz
