#include "engineio/protocol/payload_v3.hpp"

#include <doctest/doctest.h>

#include <random>

#include "tests/engineio/protocol/packet_vectors.hpp"
#include "tests/support/vectors.hpp"

using namespace engineio::protocol;
using tests::DecodedPayload;
using tests::OwnedPacket;

namespace {

DecodedPayload decode_string(std::string body) {
  return tests::decode_all<PayloadV3Decoder>(std::move(body));
}

DecodedPayload decode_bytes(std::string body) {
  return tests::decode_all<BinaryPayloadV3Decoder>(std::move(body));
}

OwnedPacket text_message(std::string data) { return {PacketType::message, false, std::move(data)}; }

OwnedPacket binary_message(std::string data) {
  return {PacketType::message, true, std::move(data)};
}

const DecodedPayload failure{{}, true};

/// A binary payload of one packet with this length field.
std::string binary_payload(std::string_view digits, std::string_view packet) {
  std::string body(1, '\0');
  for (const char digit : digits) {
    body += static_cast<char>(digit - '0');
  }
  return body + '\xff' + std::string(packet);
}

}  // namespace

TEST_CASE("v3 string payloads are encoded and decoded as the official package does it") {
  tests::for_each_vector("engineio_v3.json", "payload-string", [](const auto& vector) {
    const auto packets = tests::read_payload(vector["packets"]).packets;
    std::string body;
    for (const auto& packet : packets) {
      append_packet_v3(body, packet.view());
    }
    CHECK((packets.empty() ? empty_payload_v3 : body) == tests::bytes_of(vector));
    CHECK(decode_string(tests::bytes_of(vector)) == tests::read_payload(vector["decoded"]));
  });
}

TEST_CASE("v3 binary payloads are encoded and decoded as the official package does it") {
  tests::for_each_vector("engineio_v3.json", "payload-binary", [](const auto& vector) {
    std::string body;
    for (const auto& packet : tests::read_payload(vector["packets"]).packets) {
      append_binary_packet_v3(body, packet.view());
    }
    CHECK(tests::to_hex(body) == tests::string_of(vector, "bytes"));
    CHECK(decode_bytes(tests::bytes_of(vector)) == tests::read_payload(vector["decoded"]));
  });
}

TEST_CASE("v3 packets in a payload look as the official package writes them") {
  tests::for_each_vector("engineio_v3.json", "packet", [](const auto& vector) {
    const auto packet = *tests::read_packet(vector["decoded"]);
    std::string text;
    append_packet_v3(text, packet.view());
    CHECK(text == tests::bytes_of(vector["payload_string"]));
    CHECK(decode_string(tests::bytes_of(vector["client_payload_string"])) ==
          DecodedPayload{{packet}, false});
    if (packet.binary) {
      std::string binary;
      append_binary_packet_v3(binary, packet.view());
      CHECK(binary == tests::bytes_of(vector["payload_if_binary_supported"]));
    }
  });
}

TEST_CASE("v3 payload decoders agree with the official ones") {
  tests::for_each_vector("engineio_v3.json", "payload-decode", [](const auto& vector) {
    const bool binary = tests::string_of(vector, "name").starts_with("payload-decode/binary");
    const std::string body = tests::bytes_of(vector);
    CHECK((binary ? decode_bytes(body) : decode_string(body)) ==
          tests::read_payload(vector["decoded"]));
  });
}

TEST_CASE("lengths of a v3 string payload are UTF-16 code units") {
  CHECK(decode_string("3:4😀2:4a") == DecodedPayload{{text_message("😀"), text_message("a")}, false});
  CHECK(decode_string("5:4😀") == failure);
  CHECK(decode_string("2:4😀") == failure);  // half of a surrogate pair
}

TEST_CASE("a base64 packet in a v3 payload whose data starts with 4 keeps that digit") {
  CHECK(decode_string("6:b44AAA2:4a") ==
        DecodedPayload{{binary_message(std::string("\xe0\0\0", 3)), text_message("a")}, false});
}

TEST_CASE("malformed v3 string payloads end in a failure, not in a loop or a crash") {
  for (const char* body : {":",
                           "::",
                           "a",
                           "1",
                           "1:",
                           "0:x",
                           "0:0",
                           "-0:",
                           "+1:4",
                           "0x1:4",
                           "1e0:4",
                           "1.5:4",
                           ".:4",
                           ".0:4",
                           " :4",
                           "99999999999999999999999999:4",
                           "2:4a:",
                           "18446744073709551616:",
                           "18446744073709551617:4",
                           "\xff:4",
                           "1:\xff"}) {
    CAPTURE(body);
    CHECK(decode_string(body).failed);
  }
}

TEST_CASE("packets in front of a bad one are delivered") {
  CHECK(decode_string("2:4a2:9b2:4c") == DecodedPayload{{text_message("a")}, true});
  CHECK(decode_bytes(binary_payload("2", "4a") + binary_payload("2", "9b")) ==
        DecodedPayload{{text_message("a")}, true});
}

TEST_CASE("bad framing of a v3 binary payload fails all of it") {
  const std::string good = binary_payload("2", "4a");
  REQUIRE(decode_bytes(good) == DecodedPayload{{text_message("a")}, false});
  using namespace std::string_literals;
  for (const std::string& tail : {"\x00"s, "\x01"s, "\x02\x01\xff\x34"s, "\x00\xff"s, "\x00\x01"s,
                                  "\x00\x0a\xff\x34"s, "\xff"s}) {
    CAPTURE(tests::to_hex(tail));
    CHECK(decode_bytes(good + tail) == failure);
  }
}

TEST_CASE("digits of a length in a v3 binary payload are limited") {
  const std::string most(BinaryPayloadV3Decoder::max_length_digits - 1, '0');
  CHECK(decode_bytes(binary_payload(most + "2", "4a")) ==
        DecodedPayload{{text_message("a")}, false});
  CHECK(decode_bytes(binary_payload(most + "02", "4a")) == failure);
}

TEST_CASE("a length beyond all numbers takes what there is") {
  const std::string nines(BinaryPayloadV3Decoder::max_length_digits, '9');
  CHECK(decode_bytes(binary_payload(nines, "4abc")) ==
        DecodedPayload{{text_message("abc")}, false});
}

TEST_CASE("text in a v3 binary payload must be UTF-8") {
  CHECK(decode_bytes(binary_payload("3", "4\xc3\xa9")) ==
        DecodedPayload{{text_message("\xc3\xa9")}, false});
  CHECK(decode_bytes(binary_payload("2", "4\xe9")) == failure);
}

TEST_CASE("v3 payload decoders survive garbage") {
  std::mt19937 random(2);
  constexpr std::string_view alphabet{"0123456789:::b=AQ \x00\x01\x02\x05\xff\xf0\x9f\x98\x80", 28};
  int accepted = 0;
  for (int round = 0; round < 50'000; ++round) {
    std::string body(random() % 24, '\0');
    for (char& c : body) {
      c = alphabet[random() % alphabet.size()];
    }
    for (const auto& decoded : {decode_string(body), decode_bytes(body)}) {
      CHECK(decoded.packets.size() <= body.size());
      accepted += static_cast<int>(decoded.packets.size());
    }
  }
  CHECK(accepted > 0);
}

TEST_CASE("v3 payloads of random packets come back unchanged") {
  std::mt19937 random(3);
  const std::vector<std::string> pieces = {"a", ":", "1", "é", "€", "😀", "\n", "4"};
  for (int round = 0; round < 2000; ++round) {
    DecodedPayload sent;
    std::string text;
    std::string binary;
    for (std::size_t count = random() % 5; count > 0; --count) {
      OwnedPacket packet{static_cast<PacketType>(random() % 7), random() % 2 == 0, {}};
      for (std::size_t size = random() % 20; size > 0; --size) {
        packet.data += packet.binary ? std::string(1, static_cast<char>(random()))
                                     : pieces[random() % pieces.size()];
      }
      append_packet_v3(text, packet.view());
      append_binary_packet_v3(binary, packet.view());
      sent.packets.push_back(std::move(packet));
    }
    if (!sent.packets.empty()) {
      CHECK(decode_string(text) == sent);
    }
    CHECK(decode_bytes(binary) == sent);
  }
}
