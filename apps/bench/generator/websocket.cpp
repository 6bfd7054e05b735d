#include "apps/bench/generator/websocket.hpp"

#include <cstring>

#include "apps/bench/generator/failure.hpp"

namespace bench::websocket {
namespace {

// The pair that section 1.3 of the RFC gives as its example.
constexpr std::string_view key = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

constexpr unsigned final_frame = 0x80;
constexpr unsigned compressed_frame = 0x40;
constexpr unsigned masked = 0x80;
constexpr std::size_t largest_7_bits = 125;
constexpr std::size_t largest_16_bits = 0xffff;

std::uint64_t read_big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) {
    value = value << 8 | static_cast<unsigned char>(byte);
  }
  return value;
}

void append_big_endian(std::string& out, std::uint64_t value, unsigned bytes) {
  for (unsigned i = bytes; i-- > 0;) {
    out += static_cast<char>(value >> (8 * i));
  }
}

void append_length(std::string& out, std::size_t length) {
  if (length <= largest_7_bits) {
    append_big_endian(out, masked | length, 1);
  } else if (length <= largest_16_bits) {
    append_big_endian(out, masked | 126U, 1);
    append_big_endian(out, length, 2);
  } else {
    append_big_endian(out, masked | 127U, 1);
    append_big_endian(out, length, 8);
  }
}

void append_masked(std::string& out, std::string_view payload, std::uint32_t mask) {
  const std::uint64_t wide_mask = std::uint64_t{mask} << 32 | mask;
  const std::size_t begin = out.size();
  out.append(payload);
  char* to = out.data() + begin;
  std::size_t left = payload.size();
  for (; left >= sizeof(wide_mask); left -= sizeof(wide_mask), to += sizeof(wide_mask)) {
    std::uint64_t word = 0;
    std::memcpy(&word, to, sizeof(word));
    word ^= wide_mask;
    std::memcpy(to, &word, sizeof(word));
  }
  for (std::size_t i = 0; i < left; ++i) {
    to[i] = static_cast<char>(to[i] ^ static_cast<char>(wide_mask >> (8 * i)));
  }
}

}  // namespace

std::optional<Frame> read_frame(std::string_view bytes) {
  if (bytes.size() < 2) {
    return std::nullopt;
  }
  const auto first = static_cast<unsigned char>(bytes[0]);
  const auto second = static_cast<unsigned char>(bytes[1]);
  if ((first & 0xf0U & ~compressed_frame) != final_frame || (second & masked) != 0) {
    throw Failure("a WebSocket frame that is fragmented or masked");
  }
  const std::size_t length_bytes = second == 126 ? 2 : second == 127 ? 8 : 0;
  const std::size_t header = 2 + length_bytes;
  if (bytes.size() < header) {
    return std::nullopt;
  }
  const std::size_t length =
      length_bytes == 0 ? second : read_big_endian(bytes.substr(2, length_bytes));
  if (bytes.size() - header < length) {
    return std::nullopt;
  }
  return Frame{static_cast<Opcode>(first & 0x0fU), (first & compressed_frame) != 0,
               bytes.substr(header, length), header + length};
}

void append_frame(std::string& out, Opcode opcode, std::string_view payload, std::uint32_t mask,
                  bool compressed) {
  const unsigned flags = final_frame | (compressed ? compressed_frame : 0);
  append_big_endian(out, flags | static_cast<unsigned>(opcode), 1);
  append_length(out, payload.size());
  out.append(reinterpret_cast<const char*>(&mask), sizeof(mask));
  append_masked(out, payload, mask);
}

void append_upgrade_request(std::string& out, std::string_view host, std::string_view target,
                            bool deflate) {
  out.append("GET ").append(target).append(" HTTP/1.1\r\nHost: ").append(host);
  out.append("\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n");
  if (deflate) {
    out.append("Sec-WebSocket-Extensions: permessage-deflate\r\n");
  }
  out.append("Sec-WebSocket-Key: ").append(key).append("\r\n\r\n");
}

bool accepts_upgrade(std::string_view head) {
  return head.starts_with("HTTP/1.1 101 ") && head.find(accept) != std::string_view::npos;
}

bool accepts_deflate(std::string_view head) {
  const auto has = [&](std::string_view text) { return head.find(text) != std::string_view::npos; };
  return has("permessage-deflate") && has("server_no_context_takeover") &&
         has("client_no_context_takeover");
}

}  // namespace bench::websocket
