#include "engineio/protocol/payload.hpp"

#include <doctest/doctest.h>

#include <random>

#include "tests/engineio/protocol/packet_vectors.hpp"
#include "tests/support/vectors.hpp"

using namespace engineio::protocol;

TEST_CASE("v4 payloads are encoded and decoded as the official package does it") {
  tests::for_each_vector("engineio_v4.json", "payload", [](const auto& vector) {
    std::string body;
    for (const auto& packet : tests::read_payload(vector["packets"]).packets) {
      append_packet(body, packet.view());
    }
    CHECK(tests::to_hex(body) == tests::string_of(vector, "bytes"));
    CHECK(tests::decode_all<PayloadDecoder>(tests::bytes_of(vector)) ==
          tests::read_payload(vector["decoded"]));
  });
}

TEST_CASE("v4 payload decoder agrees with the official one") {
  tests::for_each_vector("engineio_v4.json", "payload-decode", [](const auto& vector) {
    CHECK(tests::decode_all<PayloadDecoder>(tests::bytes_of(vector)) ==
          tests::read_payload(vector["decoded"]));
  });
}

TEST_CASE("v4 payload decoder stays at its end") {
  std::string body = "4a";
  PayloadDecoder decoder(body);
  CHECK(decoder.next().has_value());
  CHECK_FALSE(decoder.next().has_value());
  CHECK_FALSE(decoder.next().has_value());
  CHECK_FALSE(decoder.failed());
}

TEST_CASE("v4 payload decoder stays failed") {
  std::string body =
      "9\x1e"
      "4a";
  PayloadDecoder decoder(body);
  CHECK_FALSE(decoder.next().has_value());
  CHECK_FALSE(decoder.next().has_value());
  CHECK(decoder.failed());
}

TEST_CASE("v4 payload decoder survives garbage and loses no byte of what it accepts") {
  std::mt19937 random(1);
  constexpr std::string_view alphabet = "0123456789b=AQ+/-_ \x1e\x1e\x1e\xff";
  for (int round = 0; round < 20'000; ++round) {
    std::string body(1 + random() % 40, '\0');
    for (char& c : body) {
      c = alphabet[random() % alphabet.size()];
    }
    const auto decoded = tests::decode_all<PayloadDecoder>(body);
    std::string again;
    for (const auto& packet : decoded.packets) {
      append_packet(again, packet.view());
    }
    if (body.find('b') == std::string::npos) {
      CHECK(body.starts_with(again));
      CHECK((again.size() == body.size()) == !decoded.failed);
    }
  }
}
