#include <cassert>
#include <string>
#include <utility>
#include <vector>

#include "socketio/parser.hpp"
#include "socketio/parser/json_reader.hpp"
#include "socketio/parser/json_writer.hpp"
#include "socketio/parser/packet_header.hpp"

namespace socketio::parser {
namespace {

using engineio::MessageKind;

/// A packet waits as text and is read again with its attachments: the text is the smallest form
/// that a client can make us keep.
struct BinaryPacket final : PartialPacket {
  BinaryPacket(std::span<const char> message, std::size_t attachment_count)
      : text(message.begin(), message.end()), expected(attachment_count) {}

  std::string text;
  std::size_t expected;
  std::vector<std::string> attachments;
  std::size_t attachment_bytes = 0;
};

PacketType without_attachments(PacketType type) {
  switch (type) {
    case PacketType::binary_event:
      return PacketType::event;
    case PacketType::binary_ack:
      return PacketType::ack;
    default:
      return type;
  }
}

class JsonParser final : public Parser {
 public:
  explicit JsonParser(const ParserLimits& limits) : limits_(limits) {
    assert(limits.max_depth <= ParserLimits::highest_max_depth);
  }

  void encode(const PacketHeader& header, PayloadWriter payload,
              EncodedPacket& out) const override {
    out.kind = MessageKind::text;
    out.text.clear();
    out.attachments.clear();
    append_packet_header(out.text, header);
    if (payload) {
      const bool may_have_attachments =
          header.type == PacketType::event || header.type == PacketType::ack;
      JsonWriter writer(out.text, may_have_attachments ? &out.attachments : nullptr);
      payload(writer);
    }
    if (!out.attachments.empty()) {
      insert_attachment_count(out.text, out.attachments.size());
    }
  }

  DecodeResult decode(MessageKind kind, std::span<char> bytes,
                      std::unique_ptr<PartialPacket>& partial,
                      DecodeScratch& scratch) const override {
    scratch.completed.reset();
    if (kind == MessageKind::binary) {
      return partial ? add_attachment(bytes, partial, scratch)
                     : DecodeResult::failure("got binary data when not reconstructing a packet");
    }
    if (partial) {
      partial.reset();
      return DecodeResult::failure("got plaintext data when reconstructing a packet");
    }
    return decode_text(bytes, partial, scratch.tape);
  }

 private:
  DecodeResult decode_text(std::span<char> text, std::unique_ptr<PartialPacket>& partial,
                           Tape& tape) const {
    const ScannedHeader header = scan(text);
    if (!header.error.empty()) {
      return DecodeResult::failure(header.error);
    }
    if (header.attachments == 0) {
      return decode_payload(text, header, nullptr, tape);
    }
    auto packet = std::make_unique<BinaryPacket>(text, header.attachments);
    const DecodeResult result = decode_payload(text, header, nullptr, tape);
    if (result.status == DecodeResult::Status::error) {
      return result;
    }
    partial = std::move(packet);
    return DecodeResult::incomplete();
  }

  DecodeResult add_attachment(std::span<const char> bytes, std::unique_ptr<PartialPacket>& partial,
                              DecodeScratch& scratch) const {
    auto& packet = static_cast<BinaryPacket&>(*partial);
    packet.attachment_bytes += bytes.size();
    if (packet.attachment_bytes > limits_.max_attachment_bytes) {
      partial.reset();
      return DecodeResult::failure("too many bytes in attachments");
    }
    packet.attachments.emplace_back(bytes.data(), bytes.size());
    if (packet.attachments.size() < packet.expected) {
      return DecodeResult::incomplete();
    }
    scratch.completed = std::move(partial);
    const std::span<const std::string> attachments(packet.attachments);
    return decode_payload(packet.text, scan(packet.text), &attachments, scratch.tape);
  }

  DecodeResult decode_payload(std::span<char> text, const ScannedHeader& header,
                              const std::span<const std::string>* attachments, Tape& tape) const {
    Packet packet{without_attachments(header.type), header.nsp, header.id, {}};
    tape.clear();
    if (header.size < text.size()) {
      const JsonOptions options{.max_depth = limits_.max_depth, .attachments = attachments};
      switch (read_json(text.subspan(header.size), options, tape)) {
        case JsonError::none:
          break;
        case JsonError::malformed:
          return DecodeResult::failure("invalid payload");
        case JsonError::illegal_attachments:
          return DecodeResult::failure("illegal attachments");
      }
      packet.data = ValueView(tape.root());
    }
    return is_valid_data(packet.type, packet.data) ? DecodeResult::ok(packet)
                                                   : DecodeResult::failure("invalid payload");
  }

  ScannedHeader scan(std::span<const char> text) const {
    return scan_packet_header({text.data(), text.size()}, limits_.max_attachments);
  }

  ParserLimits limits_;
};

}  // namespace
}  // namespace socketio::parser

namespace socketio {

std::unique_ptr<const Parser> make_json_parser(const ParserLimits& limits) {
  return std::make_unique<parser::JsonParser>(limits);
}

}  // namespace socketio
