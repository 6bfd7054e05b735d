#include <memory>
#include <string>

#include "socketio/codec.hpp"
#include "socketio/parser.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/fuzz/values.hpp"

// MessagePack. The first byte says whose: a packet of socket.io-msgpack-parser, or a single value
// as one of the npm packages writes it.

namespace fuzz {

using namespace socketio;
using engineio::MessageKind;

namespace {

EncodedPacket encode(const Parser& parser, const Packet& packet) {
  const auto write = [&](Writer& writer) { packet.data.write_to(writer); };
  EncodedPacket encoded;
  parser.encode({packet.type, packet.nsp, packet.id},
                packet.data.exists() ? PayloadWriter(write) : nullptr, encoded);
  require(encoded.attachments.empty(), "every packet is one message");
  return encoded;
}

void check_packet(std::string_view bytes) {
  static const std::unique_ptr<const Parser> parser = make_msgpack_parser({.max_depth = 12});
  Copy message(bytes);
  std::unique_ptr<PartialPacket> partial;
  DecodeScratch scratch;
  const DecodeResult result = parser->decode(MessageKind::binary, message.span(), partial, scratch);
  require(partial == nullptr && result.status != DecodeResult::Status::incomplete,
          "every packet is one message");
  if (result.status == DecodeResult::Status::error) {
    require(!result.error.empty(), "errors have texts");
    return;
  }
  const Packet& packet = result.packet;
  require(is_valid_data(packet.type, packet.data) ||
              (packet.type == PacketType::event && packet.data.is_array()),
          "the data are what the type allows");
  if (packet.data.exists()) {
    check_value(packet.data);
  }
  const EncodedPacket encoded = encode(*parser, packet);
  Copy sent(encoded.text);
  DecodeScratch other;
  const DecodeResult again = parser->decode(encoded.kind, sent.span(), partial, other);
  require(again.status == DecodeResult::Status::packet, "an encoded packet can be decoded");
  require(encode(*parser, again.packet).text == encoded.text, "it is encoded as it was");
  // A lone surrogate, also in a namespace, leaves as U+FFFD, which has the same size.
  require(again.packet.type == packet.type && again.packet.id == packet.id &&
              again.packet.nsp.size() == packet.nsp.size() &&
              (!is_exact(json_of(packet.data)) ||
               again.packet.data.to_value() == packet.data.to_value()),
          "it is the same again");
}

void check_single(std::string_view bytes, MsgpackDialect dialect) {
  const Copy copy(bytes);
  Tape tape;
  if (read_msgpack(copy.view(), dialect, tape, 12)) {
    require(tape.size() <= 3 * bytes.size(), "a byte is worth no more than three values");
    check_value(ValueView(tape.root()));
  }
}

}  // namespace

void msgpack(std::string_view input) {
  switch (take_byte(input)) {
    case '2':
      return check_single(input, MsgpackDialect::notepack2);
    case '3':
      return check_single(input, MsgpackDialect::notepack3);
    case 'm':
      return check_single(input, MsgpackDialect::msgpack2);
    default:
      return check_packet(input);
  }
}

}  // namespace fuzz
