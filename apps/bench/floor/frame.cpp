#include "apps/bench/floor/frame.hpp"

#include <cstdint>
#include <cstring>

namespace floor_server {
namespace {

constexpr std::size_t mask_bytes = 4;

void unmask(std::span<char> payload, const char* key) {
  std::uint64_t mask = 0;
  std::memcpy(&mask, key, mask_bytes);
  mask |= mask << 32;
  std::size_t i = 0;
  for (; i + sizeof(mask) <= payload.size(); i += sizeof(mask)) {
    std::uint64_t word = 0;
    std::memcpy(&word, &payload[i], sizeof(word));
    word ^= mask;
    std::memcpy(&payload[i], &word, sizeof(word));
  }
  for (; i < payload.size(); ++i) {
    payload[i] = static_cast<char>(payload[i] ^ key[i % mask_bytes]);
  }
}

}  // namespace

std::optional<Frame> read_frame(std::span<char> bytes) {
  if (bytes.size() < 2 + mask_bytes) {
    return std::nullopt;
  }
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const std::size_t short_length = byte(1) & 0x7fU;
  const bool medium = short_length == 126;
  const std::size_t length = medium ? byte(2) * std::size_t{256} + byte(3) : short_length;
  const std::size_t header = (medium ? 4 : 2) + mask_bytes;
  if (bytes.size() < header + length) {
    return std::nullopt;
  }
  const auto payload = bytes.subspan(header, length);
  unmask(payload, &bytes[header - mask_bytes]);
  return Frame{bytes[0], {payload.data(), payload.size()}, header + length};
}

void append_frame_header(std::string& out, char kind, std::size_t size) {
  out += kind;
  if (size < 126) {
    out += static_cast<char>(size);
  } else {
    out += '\x7e';
    out += static_cast<char>(size >> 8);
    out += static_cast<char>(size);
  }
}

}  // namespace floor_server
