#include <memory>

#include "socketio/codec.hpp"
#include "socketio/parser.hpp"
#include "tests/decode/kinds.hpp"

namespace decode {
namespace {

using namespace socketio;
using engineio::MessageKind;

constexpr std::size_t max_depth = ParserLimits::highest_max_depth;

/// A decoded value and what it is encoded to.
void write_value(ValueView value, NotationWriter& out) {
  const auto write = [&](Writer& writer) { value.write_to(writer); };
  out.begin_object();
  out.key("value");
  write(out);
  std::string json;
  write_json(write, json);
  out.key("json");
  out.string(json);
  for (const auto& [name, dialect] : {std::pair{"notepack2", MsgpackDialect::notepack2},
                                      {"notepack3", MsgpackDialect::notepack3},
                                      {"msgpack2", MsgpackDialect::msgpack2}}) {
    std::string bytes;
    write_msgpack(write, dialect, bytes);
    out.key(name);
    out.binary(bytes);
  }
  out.end_object();
}

void write_error(std::string_view error, NotationWriter& out) {
  out.begin_object();
  out.key("error");
  out.string(error);
  out.end_object();
}

void json(Messages input, NotationWriter& out) {
  Tape tape;
  if (read_json(input[0], tape, max_depth)) {
    write_value(ValueView(tape.root()), out);
  } else {
    write_error("malformed", out);
  }
}

template <MsgpackDialect dialect>
void msgpack(Messages input, NotationWriter& out) {
  Tape tape;
  if (read_msgpack(input[0], dialect, tape, max_depth)) {
    write_value(ValueView(tape.root()), out);
  } else {
    write_error("malformed", out);
  }
}

void write_frames(const Parser& parser, const Packet& packet, NotationWriter& out) {
  const auto write = [&](Writer& writer) { packet.data.write_to(writer); };
  EncodedPacket encoded;
  parser.encode({packet.type, packet.nsp, packet.id},
                packet.data.exists() ? PayloadWriter(write) : nullptr, encoded);
  out.begin_array();
  if (encoded.kind == MessageKind::text) {
    out.string(encoded.text);
  } else {
    out.binary(encoded.text);
  }
  for (const std::string& attachment : encoded.attachments) {
    out.binary(attachment);
  }
  out.end_array();
}

void write_packet(const Parser& parser, const Packet& packet, NotationWriter& out) {
  out.begin_object();
  out.key("type");
  out.integer(static_cast<int>(packet.type));
  out.key("nsp");
  out.string(packet.nsp);
  if (packet.id) {
    out.key("id");
    out.unsigned_integer(*packet.id);
  }
  if (packet.data.exists()) {
    out.key("data");
    packet.data.write_to(out);
  }
  out.key("frames");
  write_frames(parser, packet, out);
  out.end_object();
}

/// The packets of a connection up to the first error. The first character of each message tells
/// text (`t`) from binary.
void packets(const Parser& parser, Messages input, NotationWriter& out) {
  DecodeScratch scratch;
  std::unique_ptr<PartialPacket> partial;
  out.begin_array();
  for (std::string& message : input) {
    const auto kind = message[0] == 't' ? MessageKind::text : MessageKind::binary;
    const auto result = parser.decode(kind, std::span(message).subspan(1), partial, scratch);
    if (result.status == DecodeResult::Status::packet) {
      write_packet(parser, result.packet, out);
    } else if (result.status == DecodeResult::Status::error) {
      write_error(result.error, out);
      break;
    }
  }
  out.end_array();
}

void json_packets(Messages input, NotationWriter& out) {
  static const auto parser = make_json_parser();
  packets(*parser, input, out);
}

void msgpack_packets(Messages input, NotationWriter& out) {
  static const auto parser = make_msgpack_parser();
  packets(*parser, input, out);
}

constexpr Kind kinds[] = {
    {"json", json},
    {"notepack2", msgpack<MsgpackDialect::notepack2>},
    {"notepack3", msgpack<MsgpackDialect::notepack3>},
    {"msgpack2", msgpack<MsgpackDialect::msgpack2>},
    {"packets", json_packets},
    {"msgpack-packets", msgpack_packets},
};

}  // namespace

std::span<const Kind> socketio_kinds() { return kinds; }

}  // namespace decode
