#include "engineio/websocket/mask.hpp"

#include <cstdint>
#include <cstring>

namespace engineio::websocket {
namespace {

void xor_8(char* bytes, std::uint64_t pattern) {
  std::uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  word ^= pattern;
  std::memcpy(bytes, &word, sizeof word);
}

}  // namespace

void apply_mask(std::span<char> bytes, MaskKey key, std::size_t offset) {
  std::array<char, 8> repeated;
  for (std::size_t i = 0; i < repeated.size(); ++i) {
    repeated[i] = key[(offset + i) % key.size()];
  }
  std::uint64_t pattern;
  std::memcpy(&pattern, repeated.data(), sizeof pattern);

  char* next = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 32; left -= 32, next += 32) {
    xor_8(next, pattern);
    xor_8(next + 8, pattern);
    xor_8(next + 16, pattern);
    xor_8(next + 24, pattern);
  }
  for (; left >= 8; left -= 8, next += 8) {
    xor_8(next, pattern);
  }
  for (std::size_t i = 0; i < left; ++i) {
    next[i] = static_cast<char>(next[i] ^ repeated[i]);
  }
}

}  // namespace engineio::websocket
