#pragma once

#include <optional>
#include <span>
#include <string>

#include "engineio/protocol/packet.hpp"

namespace engineio::protocol {

/// Reads the packets of a v4 polling payload, which are separated by 0x1e, one at a time:
///
///     PayloadDecoder decoder(body);
///     while (auto packet = decoder.next()) { ... }
///     if (decoder.failed()) { ... }
///
/// The packets in front of a bad one are delivered. An empty body and an empty packet are bad.
/// The data of the packets point into `body`, in which base64 is decoded in place. The caller may
/// stop at any packet; the number of packets is bounded by the size of the body only.
class PayloadDecoder {
 public:
  explicit PayloadDecoder(std::span<char> body) : rest_(body) {}

  /// nullopt at the end of the payload and from the first bad packet on.
  [[nodiscard]] std::optional<Packet> next();

  /// True after next() has come across a bad packet.
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  std::span<char> rest_;
  bool ended_ = false;
  bool failed_ = false;
};

/// Appends a packet to a v4 payload, behind a separator unless it is the first one.
/// Text that holds 0x1e cannot be told from a separator by the reader.
void append_packet(std::string& body, const Packet& packet);

}  // namespace engineio::protocol
