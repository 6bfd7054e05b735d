#pragma once

#include <string>
#include <string_view>

#include "engineio/websocket/frame.hpp"
#include "engineio/websocket/mask.hpp"

namespace tests {

/// What a client may get wrong or right in a frame.
struct ClientFrame {
  engineio::websocket::Opcode opcode = engineio::websocket::Opcode::text;
  std::string_view payload;
  bool fin = true;
  bool rsv1 = false;
  bool masked = true;
  engineio::websocket::MaskKey mask{'\x12', '\x34', '\xab', '\xcd'};
};

/// The bytes of a frame as a client sends it.
inline std::string encode(const ClientFrame& frame) {
  using namespace engineio::websocket;
  char header[max_header_size];
  std::string bytes(
      header, encode_header(frame.opcode, frame.fin, frame.rsv1, frame.payload.size(), header));
  std::string payload(frame.payload);
  if (frame.masked) {
    bytes[1] = static_cast<char>(bytes[1] | 0x80);
    bytes.append(frame.mask.data(), frame.mask.size());
    apply_mask(payload, frame.mask);
  }
  return bytes + payload;
}

}  // namespace tests
