#include "engineio/websocket/sha1.hpp"

#include <bit>
#include <cstdint>
#include <cstring>

namespace engineio::websocket {
namespace {

constexpr std::size_t block_size = 64;

struct Round {
  std::uint32_t function;
  std::uint32_t constant;
};

Round round(int t, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  if (t < 20) {
    return {(b & c) | (~b & d), 0x5a827999};
  }
  if (t < 40) {
    return {b ^ c ^ d, 0x6ed9eba1};
  }
  if (t < 60) {
    return {(b & c) | (b & d) | (c & d), 0x8f1bbcdc};
  }
  return {b ^ c ^ d, 0xca62c1d6};
}

class Sha1 {
 public:
  void add_block(const unsigned char* block) {
    std::array<std::uint32_t, 80> words;
    for (std::size_t t = 0; t < 16; ++t) {
      const unsigned char* word = block + 4 * t;
      words[t] = std::uint32_t{word[0]} << 24 | std::uint32_t{word[1]} << 16 |
                 std::uint32_t{word[2]} << 8 | word[3];
    }
    for (std::size_t t = 16; t < 80; ++t) {
      words[t] = std::rotl(words[t - 3] ^ words[t - 8] ^ words[t - 14] ^ words[t - 16], 1);
    }
    auto [a, b, c, d, e] = state_;
    for (int t = 0; t < 80; ++t) {
      const auto [function, constant] = round(t, b, c, d);
      const std::uint32_t next =
          std::rotl(a, 5) + function + e + words[static_cast<std::size_t>(t)] + constant;
      e = d;
      d = c;
      c = std::rotl(b, 30);
      b = a;
      a = next;
    }
    const std::array<std::uint32_t, 5> added{a, b, c, d, e};
    for (std::size_t i = 0; i < added.size(); ++i) {
      state_[i] += added[i];
    }
  }

  std::array<unsigned char, 20> digest() const {
    std::array<unsigned char, 20> bytes;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      bytes[i] = static_cast<unsigned char>(state_[i / 4] >> (24 - 8 * (i % 4)));
    }
    return bytes;
  }

 private:
  std::array<std::uint32_t, 5> state_{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
};

}  // namespace

std::array<unsigned char, 20> sha1(std::string_view message) {
  Sha1 hash;
  const auto* bytes = reinterpret_cast<const unsigned char*>(message.data());
  const std::size_t whole = message.size() / block_size * block_size;
  for (std::size_t i = 0; i < whole; i += block_size) {
    hash.add_block(bytes + i);
  }
  // The end of the message, a one bit, zeros, and the length in bits, in one or two blocks.
  std::array<unsigned char, 2 * block_size> tail{};
  const std::size_t rest = message.size() - whole;
  if (rest > 0) {
    std::memcpy(tail.data(), bytes + whole, rest);
  }
  tail[rest] = 0x80;
  const std::size_t tail_size = rest + 9 <= block_size ? block_size : 2 * block_size;
  const std::uint64_t bits = std::uint64_t{message.size()} * 8;
  for (std::size_t i = 0; i < 8; ++i) {
    tail[tail_size - 1 - i] = static_cast<unsigned char>(bits >> (8 * i));
  }
  for (std::size_t i = 0; i < tail_size; i += block_size) {
    hash.add_block(tail.data() + i);
  }
  return hash.digest();
}

}  // namespace engineio::websocket
