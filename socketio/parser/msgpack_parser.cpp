#include <cassert>
#include <optional>

#include "socketio/codec.hpp"
#include "socketio/parser.hpp"
#include "socketio/parser/msgpack_reader.hpp"
#include "socketio/parser/msgpack_writer.hpp"

namespace socketio::parser {
namespace {

using engineio::MessageKind;

/// Writes a packet as the map that it is in this format. The keys are in Node's order.
void write_packet(Writer& writer, const PacketHeader& header, PayloadWriter payload) {
  const auto write_id = [&] {
    if (header.id) {
      writer.key("id");
      writer.unsigned_integer(*header.id);
    }
  };
  const bool id_first = header.type == PacketType::ack;
  const std::size_t optional_keys = std::size_t{header.id.has_value()} + std::size_t{bool(payload)};

  writer.begin_object(2 + optional_keys);
  if (id_first) {
    write_id();
  }
  writer.key("type");
  writer.integer(static_cast<int>(header.type));
  if (payload) {
    writer.key("data");
    payload(writer);
  }
  if (!id_first) {
    write_id();
  }
  writer.key("nsp");
  writer.string(header.nsp);
  writer.end_object();
}

/// The members of a packet; those that are undefined are absent.
struct Members {
  ValueView type;
  ValueView nsp;
  ValueView data;
  ValueView id;
};

/// In one pass, and the last member of a name wins.
Members find_members(ValueView map) {
  Members found;
  for (const auto& [key, value] : map.members()) {
    const ValueView member = value.is_undefined() ? ValueView() : value;
    if (key == "type") {
      found.type = member;
    } else if (key == "nsp") {
      found.nsp = member;
    } else if (key == "data") {
      found.data = member;
    } else if (key == "id") {
      found.id = member;
    }
  }
  return found;
}

class MsgpackParser final : public Parser {
 public:
  explicit MsgpackParser(const ParserLimits& limits)
      : max_depth_(limits.max_depth + 1) {  // one for the packet itself
    assert(limits.max_depth <= ParserLimits::highest_max_depth);
  }

  void encode(const PacketHeader& header, PayloadWriter payload,
              EncodedPacket& out) const override {
    out.kind = MessageKind::binary;
    out.text.clear();
    out.attachments.clear();
    MsgpackWriter writer(MsgpackDialect::notepack2, out.text);
    write_packet(writer, header, payload);
  }

  DecodeResult decode(MessageKind kind, std::span<char> bytes, std::unique_ptr<PartialPacket>&,
                      DecodeScratch& scratch) const override {
    Tape& tape = scratch.tape;
    tape.clear();
    if (kind == MessageKind::text ||
        !parser::read_msgpack(bytes, MsgpackDialect::notepack2, max_depth_, tape)) {
      return DecodeResult::failure("Could not parse");
    }
    return to_packet(find_members(ValueView(tape.root())));
  }

 private:
  /// The checks, their order and their words are those of socket.io-msgpack-parser. Like it, this
  /// lets events through whose name is missing, reserved or no name at all: they have no handler.
  static DecodeResult to_packet(const Members& members) {
    const auto type = members.type.as_uint64();
    if (!type || *type > static_cast<std::uint64_t>(PacketType::connect_error)) {
      return DecodeResult::failure("invalid packet type");
    }
    const auto nsp = members.nsp.as_string();
    if (!nsp) {
      return DecodeResult::failure("invalid namespace");
    }
    Packet packet{static_cast<PacketType>(*type), *nsp, members.id.as_uint64(), members.data};
    const bool valid = packet.type == PacketType::event ? packet.data.is_array()
                                                        : is_valid_data(packet.type, packet.data);
    if (!valid || (!packet.data.exists() && needs_data(packet.type))) {
      return DecodeResult::failure("invalid payload");
    }
    if (members.id.exists() && !members.id.as_int64() && !packet.id) {
      return DecodeResult::failure("invalid packet id");
    }
    return DecodeResult::ok(packet);
  }

  static bool needs_data(PacketType type) {
    return type != PacketType::connect && type != PacketType::disconnect;
  }

  std::size_t max_depth_;
};

}  // namespace
}  // namespace socketio::parser

namespace socketio {

std::unique_ptr<const Parser> make_msgpack_parser(const ParserLimits& limits) {
  return std::make_unique<parser::MsgpackParser>(limits);
}

}  // namespace socketio
