#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engineio/protocol/packet.hpp"

namespace engineio::protocol {

/// Reads the packets of a v3 polling payload in its string form, `<length>:<packet>` repeated,
/// where the length counts UTF-16 code units. Used like PayloadDecoder.
///
/// The body should be valid UTF-8 (see sanitize_utf8), as Node has it decoded by then; if it is
/// not, the packets are unspecified parts of it. Lengths are read as Node reads them (`01`, ` 2`
/// and `1.0` are numbers) except for forms that no client writes: exponents, hexadecimal, signs.
/// A packet of length 0 is skipped.
class PayloadV3Decoder {
 public:
  explicit PayloadV3Decoder(std::span<char> body) : rest_(body), ended_(body.empty()) {
    failed_ = ended_;
  }

  [[nodiscard]] std::optional<Packet> next();
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  std::optional<Packet> fail();

  std::span<char> rest_;
  bool ended_;
  bool failed_;
};

/// Reads the packets of a v3 polling payload in its binary form (content type
/// application/octet-stream): per packet 0 for text or 1 for binary, the decimal digits of the
/// length in bytes as bytes 0 to 9, 255, and the packet. Used like PayloadDecoder.
///
/// Framing is checked before the first packet is delivered: when any header is bad, none is. As in
/// Node, a last packet that ends early is taken as it is, and an empty body holds no packets.
class BinaryPayloadV3Decoder {
 public:
  /// Digits of a length; longer ones are bad framing.
  static constexpr std::size_t max_length_digits = 310;

  explicit BinaryPayloadV3Decoder(std::span<char> body);

  [[nodiscard]] std::optional<Packet> next();
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  std::span<char> rest_;
  bool failed_;
};

/// The string form of a payload without packets.
inline constexpr std::string_view empty_payload_v3 = "0:";

/// Appends a packet to a v3 payload in its string form; binary data as base64.
void append_packet_v3(std::string& body, const Packet& packet);

/// Appends a packet to a v3 payload in its binary form, which is for batches with at least one
/// binary packet and clients that did not ask for `b64`.
void append_binary_packet_v3(std::string& body, const Packet& packet);

}  // namespace engineio::protocol
