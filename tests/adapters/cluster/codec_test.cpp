#include "adapters/cluster/codec.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "socketio/adapter.hpp"
#include "socketio/value.hpp"

using namespace adapters::cluster;
using socketio::Array;
using socketio::Binary;
using socketio::Object;
using socketio::Value;
using socketio::Writer;

namespace {

std::string encode(const Codec& codec, MessageType type, const Value& data) {
  return codec.encode(type, [&](Writer& writer) { data.write_to(writer); });
}

const Value with_binary = Object{{"packet", Array{"x", Binary("\x01")}}};
const Value without_binary = Object{{"packet", Array{"x", 1}}};

}  // namespace

TEST_CASE("msgpack only for binary, and only in types that may hold it") {
  const Codec codec(MessageFormat::json_or_msgpack, "0123", "/");
  CHECK(encode(codec, MessageType::server_side_emit, without_binary) ==
        R"({"type":9,"data":{"packet":["x",1]},"uid":"0123","nsp":"/"})");
  CHECK(encode(codec, MessageType::server_side_emit, with_binary).front() == '\x84');
  CHECK(
      encode(codec, MessageType::sockets_join, with_binary) ==
      R"({"type":4,"data":{"packet":["x",{"type":"Buffer","data":[1]}]},"uid":"0123","nsp":"/"})");

  const Codec streams(MessageFormat::msgpack, "0123", "/");
  CHECK(encode(streams, MessageType::fetch_sockets, without_binary).front() == '\x84');
}

TEST_CASE("a message is known as our own without decoding, and only ours") {
  for (const auto format : {MessageFormat::json_or_msgpack, MessageFormat::msgpack}) {
    const Codec codec(format, "0123", "/\"n");
    const Codec other_node(format, "4567", "/\"n");
    const Codec other_nsp(format, "0123", "/m");
    for (const Value* data : {&with_binary, &without_binary}) {
      CHECK(codec.is_own(encode(codec, MessageType::server_side_emit, *data)));
      CHECK_FALSE(codec.is_own(encode(other_node, MessageType::server_side_emit, *data)));
      CHECK_FALSE(codec.is_own(encode(other_nsp, MessageType::server_side_emit, *data)));
    }
  }
  const Codec codec(MessageFormat::json_or_msgpack, "0123", "/");
  CHECK_FALSE(codec.is_own(""));
  CHECK_FALSE(codec.is_own(R"({"type":9,"data":{"uid":"0123","nsp":"/"}})"));
}

TEST_CASE("what is encoded is decoded") {
  for (const auto format : {MessageFormat::json_or_msgpack, MessageFormat::msgpack}) {
    const Codec sender(format, "0123", "/n");
    const Codec receiver(format, "4567", "/n");
    socketio::Tape tape;
    for (const Value* data : {&with_binary, &without_binary}) {
      std::string bytes = encode(sender, MessageType::broadcast_ack, *data);
      Message message;
      REQUIRE(receiver.decode(bytes, tape, message));
      CHECK(message.type == MessageType::broadcast_ack);
      CHECK(message.uid == "0123");
      CHECK(message.nsp == "/n");
      CHECK(message.data.to_value() == *data);
    }
  }
}

TEST_CASE("what is no message") {
  const Codec codec(MessageFormat::json_or_msgpack, "0123", "/");
  socketio::Tape tape;
  Message message;
  const std::vector<std::string> rubbish{"",
                                         "{",
                                         "{}",
                                         "[]",
                                         "\xc1",
                                         R"({"type":0})",
                                         R"({"type":14})",
                                         R"({"type":"3"})",
                                         R"({"type":1.5})",
                                         R"({"type":-1})",
                                         R"({"type":18446744073709551615})",
                                         R"({"type":3}x)",
                                         std::string(5000, '[')};
  for (std::string bytes : rubbish) {
    CAPTURE(bytes);
    CHECK_FALSE(codec.decode(bytes, tape, message));
  }
  std::string smallest = R"({"type":13})";
  CHECK(codec.decode(smallest, tape, message));
  CHECK_FALSE(message.data.exists());

  const Codec streams(MessageFormat::msgpack, "0123", "/");
  std::string json = R"({"type":3})";
  CHECK_FALSE(streams.decode(json, tape, message));
}

TEST_CASE("messages may be as deep as packets, and no deeper") {
  const Codec codec(MessageFormat::json_or_msgpack, "0123", "/");
  socketio::Tape tape;
  Message message;
  const auto nested = [](std::size_t depth) {
    return R"({"type":3,"data":)" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
  };
  std::string deepest = nested(1024);
  CHECK(codec.decode(deepest, tape, message));
  std::string deeper = nested(1025);
  CHECK_FALSE(codec.decode(deeper, tape, message));
}
