#include <optional>
#include <vector>

#include "engineio/protocol/base64.hpp"
#include "engineio/protocol/jsonp.hpp"
#include "engineio/protocol/packet.hpp"
#include "engineio/protocol/payload.hpp"
#include "engineio/protocol/payload_v3.hpp"
#include "engineio/protocol/utf8.hpp"
#include "engineio/query.hpp"
#include "tests/decode/kinds.hpp"

namespace decode {
namespace {

using namespace engineio::protocol;

void write_data(const Packet& packet, NotationWriter& out) {
  if (packet.binary) {
    out.binary(packet.data);
  } else {
    out.string(packet.data);
  }
}

void write_packet(const Packet& packet, NotationWriter& out) {
  out.begin_object();
  out.key("type");
  out.integer(static_cast<int>(packet.type));
  out.key("data");
  write_data(packet, out);
  out.end_object();
}

/// The packets in front of the first bad one, `failed`, and the payloads made of them.
void write_packets(Version version, const std::vector<Packet>& packets, bool failed,
                   NotationWriter& out) {
  out.begin_object();
  out.key("packets");
  out.begin_array();
  std::string text;
  std::string bytes;
  for (const Packet& packet : packets) {
    write_packet(packet, out);
    if (version == Version::v4) {
      append_packet(text, packet);
    } else {
      append_packet_v3(text, packet);
      append_binary_packet_v3(bytes, packet);
    }
  }
  out.end_array();
  out.key("failed");
  out.boolean(failed);
  out.key("text");
  out.string(text);
  out.key("bytes");
  out.binary(bytes);
  out.end_object();
}

template <class Decoder>
void decode_payload(Version version, std::string& body, NotationWriter& out) {
  Decoder decoder(body);
  std::vector<Packet> packets;
  while (const auto packet = decoder.next()) {
    packets.push_back(*packet);
  }
  write_packets(version, packets, decoder.failed(), out);
}

void write_one(Version version, const std::optional<Packet>& packet, NotationWriter& out) {
  write_packets(version, packet ? std::vector{*packet} : std::vector<Packet>{}, !packet, out);
}

void packet4(Messages input, NotationWriter& out) {
  write_one(Version::v4, decode_text(Version::v4, input[0]), out);
}

void packet3(Messages input, NotationWriter& out) {
  write_one(Version::v3, decode_text(Version::v3, input[0]), out);
}

void binary_packet3(Messages input, NotationWriter& out) {
  write_one(Version::v3, decode_binary(Version::v3, input[0]), out);
}

void payload4(Messages input, NotationWriter& out) {
  sanitize_utf8(input[0]);
  decode_payload<PayloadDecoder>(Version::v4, input[0], out);
}

void payload3(Messages input, NotationWriter& out) {
  sanitize_utf8(input[0]);
  decode_payload<PayloadV3Decoder>(Version::v3, input[0], out);
}

void binary_payload3(Messages input, NotationWriter& out) {
  decode_payload<BinaryPayloadV3Decoder>(Version::v3, input[0], out);
}

void base64(Messages input, NotationWriter& out) {
  const std::string original = input[0];
  std::string encoded;
  append_base64(encoded, original);
  std::string url(base64_size(original.size()), '\0');
  url.resize(encode_base64(original, url.data(), Base64Alphabet::url));
  const auto decoded = decode_base64(input[0]);

  out.begin_object();
  out.key("decoded");
  out.binary(std::string_view(decoded.data(), decoded.size()));
  out.key("encoded");
  out.string(encoded);
  out.key("url");
  out.string(url);
  out.end_object();
}

void utf8(Messages input, NotationWriter& out) {
  sanitize_utf8(input[0]);
  out.begin_object();
  out.key("text");
  out.string(input[0]);
  out.key("length");
  out.unsigned_integer(utf16_length(input[0]));
  out.end_object();
}

void query(Messages input, NotationWriter& out) {
  out.begin_array();
  for (const auto& [key, value] : engineio::query_parameters("/engine.io/?" + input[0])) {
    out.begin_array();
    out.string(key);
    out.string(value);
    out.end_array();
  }
  out.end_array();
}

/// The parameter `j` of the request, and the body of a POST.
void jsonp(Messages input, NotationWriter& out) {
  const auto payload = decode_jsonp_body(input[1]);
  std::string script;
  append_jsonp(script, input[0], payload.value_or(""));
  out.begin_object();
  out.key("payload");
  if (payload) {
    out.string(*payload);
  } else {
    out.null();
  }
  out.key("script");
  out.string(script);
  out.end_object();
}

constexpr Kind kinds[] = {
    {"packet4", packet4},   {"payload4", payload4},
    {"packet3", packet3},   {"binary-packet3", binary_packet3},
    {"payload3", payload3}, {"binary-payload3", binary_payload3},
    {"base64", base64},     {"utf8", utf8},
    {"query", query},       {"jsonp", jsonp},
};

}  // namespace

std::span<const Kind> engineio_kinds() { return kinds; }

}  // namespace decode
