#include "engineio/protocol/sid.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>

#include "engineio/protocol/base64.hpp"

namespace engineio::protocol {
namespace {

using Bytes = std::array<unsigned char, sid_entropy_size>;

constexpr std::size_t shard_index = sid_entropy_size - 1;

bool is_sid_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

Sid to_sid(const Bytes& bytes) {
  Sid sid;
  encode_base64({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, sid.data(),
                Base64Alphabet::url);
  return sid;
}

Bytes to_bytes(SidEntropy random) {
  Bytes bytes;
  std::memcpy(bytes.data(), random.data(), bytes.size());
  return bytes;
}

/// SipHash (Aumasson and Bernstein), which is made for keyed hashes of short input.
class SipHash {
 public:
  explicit SipHash(const SidCodec::Secret& key)
      : v0_(key[0] ^ 0x736f6d6570736575),
        v1_(key[1] ^ 0x646f72616e646f6d),
        v2_(key[0] ^ 0x6c7967656e657261),
        v3_(key[1] ^ 0x7465646279746573) {}

  void add(std::uint64_t word) {
    v3_ ^= word;
    rounds(2);
    v0_ ^= word;
  }

  std::uint64_t finish() {
    v2_ ^= 0xff;
    rounds(4);
    return v0_ ^ v1_ ^ v2_ ^ v3_;
  }

 private:
  void rounds(int count) {
    for (; count > 0; --count) {
      v0_ += v1_;
      v2_ += v3_;
      v1_ = std::rotl(v1_, 13) ^ v0_;
      v3_ = std::rotl(v3_, 16) ^ v2_;
      v0_ = std::rotl(v0_, 32);
      v2_ += v1_;
      v0_ += v3_;
      v1_ = std::rotl(v1_, 17) ^ v2_;
      v3_ = std::rotl(v3_, 21) ^ v0_;
      v2_ = std::rotl(v2_, 32);
    }
  }

  std::uint64_t v0_, v1_, v2_, v3_;
};

/// Hash of all bytes but the one that names the shard.
unsigned mask_of(const Bytes& bytes, const SidCodec::Secret& secret) {
  std::array<std::uint64_t, 2> words{};
  static_assert(shard_index <= sizeof words);
  std::memcpy(words.data(), bytes.data(), shard_index);
  SipHash hash(secret);
  hash.add(words[0]);
  hash.add(words[1]);
  return static_cast<unsigned>(hash.finish() & 0xff);
}

}  // namespace

bool is_well_formed_sid(std::string_view sid) {
  return sid.size() == sid_size && std::all_of(sid.begin(), sid.end(), is_sid_character);
}

Sid make_sid(SidEntropy random) { return to_sid(to_bytes(random)); }

SidCodec::SidCodec(Secret secret, unsigned shards) : secret_(secret), shards_(shards) {
  assert(shards >= 1 && shards <= max_shards);
}

Sid SidCodec::make(SidEntropy random, unsigned shard) const {
  assert(shard < shards_);
  Bytes bytes = to_bytes(random);
  // Any value that leaves the remainder `shard` names it, so the rest of the byte stays random.
  const unsigned blocks = (max_shards - 1 - shard) / shards_ + 1;
  const unsigned name = bytes[shard_index] % blocks * shards_ + shard;
  bytes[shard_index] = static_cast<unsigned char>(name ^ mask_of(bytes, secret_));
  return to_sid(bytes);
}

std::optional<unsigned> SidCodec::shard_of(std::string_view sid) const {
  if (!is_well_formed_sid(sid)) {
    return std::nullopt;
  }
  Sid text;
  std::copy(sid.begin(), sid.end(), text.begin());
  const auto decoded = decode_base64(text);
  assert(decoded.size() == sid_entropy_size);
  Bytes bytes;
  std::memcpy(bytes.data(), decoded.data(), bytes.size());
  return (bytes[shard_index] ^ mask_of(bytes, secret_)) % shards_;
}

}  // namespace engineio::protocol
