#include "engineio/message.hpp"

#include <doctest/doctest.h>

#include <string>

using engineio::Message;
using engineio::MessageKind;
using namespace std::string_view_literals;

TEST_CASE("a text message carries its packet and its frame") {
  const Message message = Message::text("hello");
  CHECK(message.kind() == MessageKind::text);
  CHECK(message.payload() == "hello");
  CHECK(message.text_packet() == "4hello");
  CHECK(message.frame().view() ==
        "\x81\x06"
        "4hello"sv);
}

TEST_CASE("a binary message's frame holds the payload alone") {
  const Message message = Message::binary("\x01\x02\x03"sv);
  CHECK(message.kind() == MessageKind::binary);
  CHECK(message.payload() == "\x01\x02\x03"sv);
  CHECK(message.frame().view() == "\x82\x03\x01\x02\x03"sv);
}

TEST_CASE("empty messages are messages") {
  CHECK(Message::text("").frame().view() == "\x81\x01\x34"sv);
  CHECK(Message::binary("").frame().view() == "\x82\x00"sv);
}

TEST_CASE("frame headers take the length they need") {
  // RFC 6455 section 5.2: 7, 16 or 64 bits. A text frame also holds the packet type.
  const auto header_size = [](std::size_t payload) {
    return Message::text(std::string(payload, 'x')).frame().size - (payload + 1);
  };
  CHECK(header_size(124) == 2);
  CHECK(header_size(125) == 4);
  CHECK(header_size(65'534) == 4);
  CHECK(header_size(65'535) == 10);
}

TEST_CASE("a control packet has its own type") {
  CHECK(Message::control('3', "probe").text_packet() == "3probe");
  CHECK(Message::control('2').frame().view() == "\x81\x01\x32"sv);
}

TEST_CASE("copies share their bytes") {
  const Message message = Message::text("shared");
  const Message copy = message;  // NOLINT: the copy is the point
  CHECK(copy.payload().data() == message.payload().data());
}
