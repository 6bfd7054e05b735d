#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engineio/message.hpp"
#include "socketio/arguments.hpp"
#include "socketio/packet.hpp"
#include "socketio/parser.hpp"

namespace socketio::detail {

/// The messages of one packet, ready for any number of sessions of one shard.
struct OutgoingPacket {
  explicit OutgoingPacket(const EncodedPacket& packet);

  engineio::Message head;
  std::vector<engineio::Message> attachments;
};

/// An EncodedPacket whose memory comes from this thread's previous one.
class PacketBuffer {
 public:
  PacketBuffer();
  ~PacketBuffer();
  PacketBuffer(const PacketBuffer&) = delete;
  PacketBuffer& operator=(const PacketBuffer&) = delete;

  /// Encodes into it.
  const EncodedPacket& encode(const Parser& parser, const PacketHeader& header,
                              PayloadWriter payload) {
    parser.encode(header, payload, packet_);
    return packet_;
  }
  [[nodiscard]] const EncodedPacket& packet() const noexcept { return packet_; }
  /// The packet, to keep.
  [[nodiscard]] EncodedPacket release() { return std::move(packet_); }

 private:
  EncodedPacket packet_;
};

/// An event that was encoded, read again for those who look at outgoing events.
class SentEvent {
 public:
  SentEvent(const Parser& parser, const OutgoingPacket& packet);

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] const Arguments& arguments() const noexcept { return arguments_; }

 private:
  std::vector<std::string> messages_;
  DecodeScratch scratch_;
  std::string name_;
  Arguments arguments_;
};

/// The name of an event as it is looked up: that of `2[5]` is "5". `memory` holds what is not in
/// the packet.
[[nodiscard]] std::string_view event_name(ValueView name, std::string& memory);

}  // namespace socketio::detail
