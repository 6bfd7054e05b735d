#include <cmath>
#include <memory>
#include <string>

#include "socketio/parser.hpp"
#include "socketio/value.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/fuzz/values.hpp"

// The messages of one connection to packets, by the default parser. Each ends with the byte 0xff;
// one that begins with `b` is binary.

namespace fuzz {

using namespace socketio;
using engineio::MessageKind;
using Status = DecodeResult::Status;

namespace {

/// Small, so that inputs reach them.
constexpr ParserLimits limits{.max_attachments = 3, .max_attachment_bytes = 40, .max_depth = 12};

std::size_t depth_of(ValueView value) {
  std::size_t deepest = 0;
  for (const ValueView element : value.elements()) {
    deepest = std::max(deepest, depth_of(element));
  }
  for (const auto& [key, member] : value.members()) {
    deepest = std::max(deepest, depth_of(member));
  }
  return value.is_array() || value.is_object() ? deepest + 1 : 0;
}

/// Encodes a packet and decodes it again with other limits: an attachment that was referred to
/// twice becomes two.
void check_again(const Parser& parser, const Packet& packet) {
  const auto write = [&](Writer& writer) { packet.data.write_to(writer); };
  EncodedPacket encoded;
  parser.encode({packet.type, packet.nsp, packet.id},
                packet.data.exists() ? PayloadWriter(write) : nullptr, encoded);
  const std::unique_ptr<const Parser> other =
      make_json_parser({.max_attachments = 1000, .max_attachment_bytes = 1'000'000});
  std::unique_ptr<PartialPacket> partial;
  DecodeScratch scratch;
  std::string text = encoded.text;
  DecodeResult result = other->decode(encoded.kind, text, partial, scratch);
  for (std::string& attachment : encoded.attachments) {
    require(result.status == Status::incomplete, "attachments are waited for");
    result = other->decode(MessageKind::binary, attachment, partial, scratch);
  }
  require(result.status == Status::packet, "a packet that is encoded can be decoded");
  require(result.packet.type == packet.type && result.packet.nsp == packet.nsp &&
              result.packet.id == packet.id,
          "it has the same header");
  require(result.packet.data.exists() == packet.data.exists(), "it has data if it had");
  require(json_of(result.packet.data) == json_of(packet.data), "it has the same data");
}

void check_packet(const Parser& parser, const Packet& packet) {
  require(packet.type <= PacketType::connect_error, "binary types are not shown");
  require(is_valid_data(packet.type, packet.data), "the data are what the type allows");
  require(depth_of(packet.data) <= limits.max_depth, "no deeper than max_depth");
  if (packet.data.exists()) {
    check_value(packet.data);
  }
  // JSON can say 1e400 but not write it: what was the name of an event is none any more.
  if (std::isfinite(packet.data[0].as_double().value_or(0))) {
    check_again(parser, packet);
  }
}

}  // namespace

void socketio_text(std::string_view input) {
  static const std::unique_ptr<const Parser> parser = make_json_parser(limits);
  std::unique_ptr<PartialPacket> partial;
  DecodeScratch scratch;
  std::size_t waiting = 0;
  while (!input.empty()) {
    std::string_view record = take_record(input, '\xff');
    const bool binary = record.starts_with('b');
    Copy message(record.substr(binary ? 1 : 0));
    const DecodeResult result = parser->decode(binary ? MessageKind::binary : MessageKind::text,
                                               message.span(), partial, scratch);
    require((result.status == Status::error) == !result.error.empty(), "errors have texts");
    require((result.status == Status::incomplete) == (partial != nullptr),
            "what is incomplete is kept, and nothing else");
    waiting = partial != nullptr ? waiting + 1 : 0;
    require(waiting <= limits.max_attachments, "no more than max_attachments are waited for");
    if (result.status == Status::packet) {
      check_packet(*parser, result.packet);
    }
  }
}

}  // namespace fuzz
