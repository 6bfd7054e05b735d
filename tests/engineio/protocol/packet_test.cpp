#include "engineio/protocol/packet.hpp"

#include <doctest/doctest.h>

#include "tests/engineio/protocol/packet_vectors.hpp"
#include "tests/support/vectors.hpp"

using namespace engineio::protocol;

namespace {

std::optional<tests::OwnedPacket> decode(Version version, bool binary, std::string bytes) {
  const auto packet = binary ? decode_binary(version, bytes) : decode_text(version, bytes);
  return packet ? std::optional(tests::own(*packet)) : std::nullopt;
}

bool is_binary_frame(const rapidjson::Value& vector) {
  return vector.HasMember("frame") && tests::string_of(vector, "frame") == "binary";
}

/// Both directions of one form of a packet.
void check_form(Version version, const rapidjson::Value& form, const tests::OwnedPacket& packet) {
  const std::string bytes = tests::bytes_of(form);
  std::string encoded;
  if (is_binary_frame(form)) {
    append_binary(encoded, version, packet.view());
  } else {
    append_text(encoded, version, packet.view());
    CHECK(text_size(version, packet.view()) == encoded.size());
  }
  CHECK(tests::to_hex(encoded) == tests::to_hex(bytes));
  CHECK(decode(version, is_binary_frame(form), bytes) == packet);
}

void check_decoding(const std::string& file, Version version) {
  tests::for_each_vector(file, "packet-decode", [&](const auto& vector) {
    CHECK(decode(version, is_binary_frame(vector), tests::bytes_of(vector)) ==
          tests::read_packet(vector["decoded"]));
  });
}

}  // namespace

TEST_CASE("v4 packets are encoded and decoded as the official package does it") {
  tests::for_each_vector("engineio_v4.json", "packet", [](const auto& vector) {
    const auto packet = tests::read_packet(vector["decoded"]);
    REQUIRE(packet.has_value());
    check_form(Version::v4, vector["websocket"], *packet);
    check_form(Version::v4, vector["polling"], *packet);
  });
}

TEST_CASE("v3 packets are encoded and decoded as the official package does it") {
  tests::for_each_vector("engineio_v3.json", "packet", [](const auto& vector) {
    const auto packet = tests::read_packet(vector["decoded"]);
    REQUIRE(packet.has_value());
    check_form(Version::v3, vector["websocket"], *packet);
    check_form(Version::v3, vector["websocket_b64"], *packet);
  });
}

TEST_CASE("v4 decoder agrees with the official one") {
  check_decoding("engineio_v4.json", Version::v4);
}

TEST_CASE("v3 decoder agrees with the official one") {
  check_decoding("engineio_v3.json", Version::v3);
}

TEST_CASE("a base64 v3 packet whose data starts with 4 keeps that digit") {
  CHECK(decode(Version::v3, false, "b44AAA") ==
        tests::OwnedPacket{PacketType::message, true, std::string("\xe0\0\0", 3)});
}

TEST_CASE("decoded data points into the input") {
  std::string text = "bAQID";
  const auto packet = decode_text(Version::v4, text);
  REQUIRE(packet.has_value());
  CHECK(packet->data.data() == text.data() + 1);
  CHECK(packet->data == "\x01\x02\x03");
}

TEST_CASE("the types end at 6") {
  CHECK(decode(Version::v4, false, "6").has_value());
  CHECK_FALSE(decode(Version::v4, false, "7").has_value());
  CHECK(decode(Version::v3, true, "\x06").has_value());
  CHECK_FALSE(decode(Version::v3, true, "\x07").has_value());
  CHECK_FALSE(decode(Version::v3, true, "\xff").has_value());
}
