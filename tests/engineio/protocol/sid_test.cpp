#include "engineio/protocol/sid.hpp"

#include <doctest/doctest.h>

#include <array>
#include <random>
#include <set>
#include <string>

using namespace engineio::protocol;

namespace {

std::mt19937 random_source(7);

std::array<std::byte, sid_entropy_size> random_bytes() {
  std::array<std::byte, sid_entropy_size> bytes;
  for (auto& byte : bytes) {
    byte = static_cast<std::byte>(random_source());
  }
  return bytes;
}

constexpr SidCodec::Secret secret{0x0123456789abcdef, 0xfedcba9876543210};

}  // namespace

TEST_CASE("an id is the base64url form of its bytes") {
  std::array<std::byte, sid_entropy_size> bytes;
  bytes.fill(std::byte{0xff});
  CHECK(view(make_sid(bytes)) == "____________________");
  bytes.fill(std::byte{0xfb});
  CHECK(view(make_sid(bytes)) == "-_v7-_v7-_v7-_v7-_v7");
}

TEST_CASE("well-formed ids") {
  CHECK(is_well_formed_sid("abcdefghijABCDEFG-_9"));
  for (const char* sid : {"", "abcdefghijABCDEFG-_", "abcdefghijABCDEFG-_90",
                          "abcdefghijABCDEFG-_ ", "abcdefghijABCDEFG-_+", "__proto__"}) {
    CHECK_FALSE(is_well_formed_sid(sid));
  }
  CHECK_FALSE(is_well_formed_sid(std::string(20, '\0')));
}

TEST_CASE("every shard is found again in its ids, for every number of shards") {
  for (unsigned shards = 1; shards <= SidCodec::max_shards; ++shards) {
    const SidCodec codec(secret, shards);
    for (unsigned shard = 0; shard < shards; ++shard) {
      const Sid sid = codec.make(random_bytes(), shard);
      if (codec.shard_of(view(sid)) != shard || !is_well_formed_sid(view(sid))) {
        FAIL_CHECK("shard ", shard, " of ", shards);
      }
    }
  }
}

TEST_CASE("foreign ids lead to some shard or to none") {
  const SidCodec codec(secret, 5);
  for (int round = 0; round < 1000; ++round) {
    const auto shard = codec.shard_of(view(make_sid(random_bytes())));
    REQUIRE(shard.has_value());
    CHECK(*shard < 5);
  }
  for (const char* sid : {"", "x", "__proto__", "abcdefghijABCDEFG-_90", "abcdefghij=BCDEFG-_9"}) {
    CHECK_FALSE(codec.shard_of(sid).has_value());
  }
}

TEST_CASE("the ids of one shard look random in every character") {
  const SidCodec codec(secret, 2);
  std::array<std::set<char>, sid_size> seen;
  for (int round = 0; round < 3000; ++round) {
    const Sid sid = codec.make(random_bytes(), 1);
    for (std::size_t i = 0; i < sid.size(); ++i) {
      seen[i].insert(sid[i]);
    }
  }
  for (const auto& characters : seen) {
    CHECK(characters.size() == 64);
  }
}

TEST_CASE("the shard cannot be read without the secret") {
  const SidCodec codec(secret, 2);
  const SidCodec outsider({1, 2}, 2);
  int right = 0;
  for (int round = 0; round < 4000; ++round) {
    right += outsider.shard_of(view(codec.make(random_bytes(), 1))) == 1u ? 1 : 0;
  }
  CHECK(right > 1800);
  CHECK(right < 2200);
}
