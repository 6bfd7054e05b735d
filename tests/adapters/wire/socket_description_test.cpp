#include "adapters/wire/socket_description.hpp"

#include <doctest/doctest.h>

#include <string>

#include "socketio/adapter.hpp"
#include "socketio/codec.hpp"

using namespace adapters::wire;
using socketio::Document;
using socketio::Object;
using socketio::Writer;

TEST_CASE("a socket as Node servers show it") {
  const std::string text =
      R"({"id":"abc","handshake":{"headers":{"host":"h"},"time":"t","address":"::1",)"
      R"("xdomain":true,"secure":false,"issued":7,"url":"/socket.io/","query":{"EIO":"4"},)"
      R"("auth":{}},"rooms":["abc",5],"data":{"user":"bob"}})";
  const auto socket = read_socket(Document::from_json(text)->root());
  REQUIRE(socket.has_value());
  CHECK(socket->id == "abc");
  CHECK(socket->handshake.address == "::1");
  CHECK(socket->handshake.issued == 7);
  CHECK(socket->rooms == std::vector<std::string>{"abc", socketio::numeric_room(5)});
  CHECK(socket->data == Object{{"user", "bob"}});

  std::string written;
  socketio::write_json([&](Writer& writer) { write_socket(writer, *socket); }, written);
  CHECK(written == text);
}

TEST_CASE("a socket of which only the id is known") {
  const auto socket = read_socket(Document::from_json(R"({"id":"abc"})")->root());
  REQUIRE(socket.has_value());
  CHECK(socket->rooms.empty());
  CHECK(socket->data.is_null());
  CHECK(socket->handshake.headers == Object{});
}

TEST_CASE("what is no socket") {
  for (const char* text : {"{}", "null", "[]", R"({"id":5})", R"("abc")"}) {
    CAPTURE(text);
    CHECK_FALSE(read_socket(Document::from_json(text)->root()).has_value());
  }
}
