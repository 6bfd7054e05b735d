#include "engineio/websocket/deflate.hpp"

#include <doctest/doctest.h>

#include <random>

#include "tests/support/vectors.hpp"

using namespace engineio::websocket;

namespace {

std::string compress(Deflater& deflater, std::string_view message,
                     ContextTakeover takeover = ContextTakeover::no) {
  std::string out = "x";
  REQUIRE(deflater.compress(message, takeover, out));
  return out.substr(1);
}

struct Decompressed {
  InflateResult result;
  std::string message;

  bool operator==(const Decompressed&) const = default;
};

Decompressed decompress(Inflater& inflater, std::string_view data, std::size_t limit = 1'000'000,
                        ContextTakeover takeover = ContextTakeover::no) {
  std::string out = "x";
  const auto result = inflater.decompress(data, limit, takeover, out);
  return {result, out.substr(1)};
}

std::string random_text(std::mt19937& random, std::size_t size) {
  std::string text(size, '\0');
  for (char& c : text) {
    c = static_cast<char>('a' + random() % 20);
  }
  return text;
}

}  // namespace

TEST_CASE("examples of RFC 7692 section 7.2.3") {
  Inflater inflater;
  const auto hello = Decompressed{InflateResult::ok, "Hello"};
  CHECK(decompress(inflater, tests::from_hex("f248cdc9c90700")) == hello);  // one block
  CHECK(decompress(inflater, tests::from_hex("000500faff48656c6c6f00")) ==
        hello);                                                             // not compressed
  CHECK(decompress(inflater, tests::from_hex("f348cdc9c90700")) == hello);  // BFINAL set
  CHECK(decompress(inflater, tests::from_hex("f24805000000ffffcac9c90700")) ==
        hello);  // two blocks
  CHECK(decompress(inflater, tests::from_hex("f248cdc9c90700")) == hello);
}

TEST_CASE("the window is kept from message to message if agreed on") {
  Deflater deflater;
  Inflater inflater;
  CHECK(tests::to_hex(compress(deflater, "Hello", ContextTakeover::yes)) == "f248cdc9c90700");
  CHECK(tests::to_hex(compress(deflater, "Hello", ContextTakeover::yes)) == "f200110000");
  for (const char* data : {"f248cdc9c90700", "f200110000"}) {
    CHECK(decompress(inflater, tests::from_hex(data), 100, ContextTakeover::yes) ==
          Decompressed{InflateResult::ok, "Hello"});
  }
}

TEST_CASE("the window is forgotten otherwise") {
  Deflater deflater;
  Inflater inflater;
  CHECK(tests::to_hex(compress(deflater, "Hello")) == "f248cdc9c90700");
  CHECK(tests::to_hex(compress(deflater, "Hello")) == "f248cdc9c90700");
  CHECK(decompress(inflater, tests::from_hex("f248cdc9c90700")).result == InflateResult::ok);
  CHECK(decompress(inflater, tests::from_hex("f200110000")).result == InflateResult::corrupt);
}

TEST_CASE("empty messages") {
  Deflater deflater;
  Inflater inflater;
  for (const auto takeover : {ContextTakeover::yes, ContextTakeover::no, ContextTakeover::yes}) {
    CHECK(compress(deflater, "", takeover) == std::string(1, '\0'));
    CHECK(decompress(inflater, std::string(1, '\0'), 0, takeover) ==
          Decompressed{InflateResult::ok, ""});
    const auto data = compress(deflater, "a", takeover);
    CHECK(decompress(inflater, data, 1, takeover) == Decompressed{InflateResult::ok, "a"});
  }
}

TEST_CASE("messages of many sizes come back, with every window") {
  std::mt19937 random(12);
  for (int bits = 8; bits <= 15; ++bits) {
    Deflater deflater(bits);
    Inflater inflater(bits);
    for (const std::size_t size : {1u, 100u, 16u * 1024u, 100'000u}) {
      for (const auto takeover : {ContextTakeover::yes, ContextTakeover::no}) {
        const std::string message = random_text(random, size);
        const std::string data = compress(deflater, message, takeover);
        CHECK((decompress(inflater, data, size, takeover) ==
               Decompressed{InflateResult::ok, message}));
      }
    }
  }
}

TEST_CASE("a small message that inflates too far is stopped, at the limit and one past it") {
  Deflater deflater;
  for (const std::size_t limit : {1'000u, 16u * 1024u - 1, 16u * 1024u, 1'000'000u}) {
    Inflater inflater;
    const std::string at_limit = compress(deflater, std::string(limit, 'x'));
    CHECK(decompress(inflater, at_limit, limit).result == InflateResult::ok);
    const auto stopped =
        decompress(inflater, compress(deflater, std::string(limit + 1, 'x')), limit);
    CHECK(stopped.result == InflateResult::too_big);
    CHECK(stopped.message.size() <= limit);
  }
  const std::string bomb = compress(deflater, std::string(50'000'000, 'x'));
  REQUIRE(bomb.size() < 100'000);
  Inflater inflater;
  std::string out;
  CHECK(inflater.decompress(bomb, 1'000'000, ContextTakeover::no, out) == InflateResult::too_big);
  CHECK(out.capacity() < 4'000'000);
}

TEST_CASE("decompressor survives garbage and goes on") {
  std::mt19937 random(13);
  Deflater deflater;
  Inflater inflater;
  for (int round = 0; round < 5000; ++round) {
    std::string data = random() % 2 == 0 ? compress(deflater, random_text(random, 200))
                                         : std::string(random() % 40, '\0');
    for (std::size_t changes = 1 + random() % 5; changes > 0 && !data.empty(); --changes) {
      data[random() % data.size()] = static_cast<char>(random());
    }
    CHECK(decompress(inflater, data, 1000).message.size() <= 1000);
    CHECK(decompress(inflater, compress(deflater, "ok")).message == "ok");
  }
}
