#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "engineio/message.hpp"
#include "socketio/packet.hpp"
#include "socketio/tape.hpp"
#include "socketio/writer.hpp"

namespace socketio {

/// What a received packet may cost. Exceeding one is an error like any other malformed packet.
struct ParserLimits {
  /// Attachments of one packet. Node's default, too.
  std::size_t max_attachments = 10;
  /// Bytes of all attachments of one packet: ten messages of the default maximum.
  std::size_t max_attachment_bytes = 10'000'000;
  /// Arrays and objects inside each other, the array of the arguments included. At most
  /// highest_max_depth, because conversions recurse.
  std::size_t max_depth = 1024;

  static constexpr std::size_t highest_max_depth = 1024;
};

/// A packet whose attachments are still to come. One parser's own; a connection only keeps it.
class PartialPacket {
 public:
  virtual ~PartialPacket() = default;

 protected:
  PartialPacket() = default;
  PartialPacket(const PartialPacket&) = default;
  PartialPacket& operator=(const PartialPacket&) = default;
};

/// Memory that decoding reuses; one per shard. A decoded packet lies in here and in the message it
/// came with: it is valid until the next decode() with the same scratch.
struct DecodeScratch {
  Tape tape;
  std::unique_ptr<PartialPacket> completed;  // what the packet's views point into
};

/// The outcome of decode().
struct DecodeResult {
  enum class Status : std::uint8_t {
    packet,      // `packet` is valid
    incomplete,  // attachments are missing: give the next message with the same `partial`
    error        // `error` says why, in the words of the official parsers; close the connection
  };

  Status status = Status::incomplete;
  Packet packet;
  std::string_view error;  // static text

  [[nodiscard]] static DecodeResult ok(const Packet& packet) {
    return {Status::packet, packet, {}};
  }
  [[nodiscard]] static DecodeResult incomplete() { return {}; }
  [[nodiscard]] static DecodeResult failure(std::string_view error) {
    return {Status::error, {}, error};
  }
};

/// Turns packets into Engine.IO messages and back. Both sides must use the same one; write your own
/// for a format of your own. Stateless and used by all shards at once: what belongs to
/// a connection is in `partial`, what belongs to a shard in `scratch`.
class Parser {
 public:
  virtual ~Parser() = default;

  /// Replaces the contents of `out`. `payload` writes the data of the packet.
  virtual void encode(const PacketHeader& header, PayloadWriter payload,
                      EncodedPacket& out) const = 0;

  /// Decodes in place: `bytes` are overwritten, and the packet's strings are views of them.
  /// `partial` is null unless attachments are outstanding. After an error it is null, and
  /// the connection is to be closed.
  [[nodiscard]] virtual DecodeResult decode(engineio::MessageKind kind, std::span<char> bytes,
                                            std::unique_ptr<PartialPacket>& partial,
                                            DecodeScratch& scratch) const = 0;

 protected:
  Parser() = default;
  Parser(const Parser&) = default;
  Parser& operator=(const Parser&) = default;
};

/// The default: Socket.IO protocol 5, JSON with binary attachments. It serves clients of protocol 4
/// (EIO=3) as it is: the differences are in what the packets contain.
[[nodiscard]] std::unique_ptr<const Parser> make_json_parser(const ParserLimits& limits = {});

/// socket.io-msgpack-parser 3: every packet is one binary message.
[[nodiscard]] std::unique_ptr<const Parser> make_msgpack_parser(const ParserLimits& limits = {});

}  // namespace socketio
