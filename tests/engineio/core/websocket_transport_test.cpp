#include "engineio/core/websocket_transport.hpp"

#include <doctest/doctest.h>

#include "tests/support/engine_fixture.hpp"

using namespace engine_fixture;
using namespace std::chrono_literals;
using engineio::Message;
using support::FakeStream;

namespace {

std::string close_with(unsigned code) {
  return {'\x88', '\x02', static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
}

}  // namespace

TEST_CASE("websocket: the handshake answers 101 and the open packet follows") {
  TestServer server;
  server.open_websocket();
  CHECK(server.upgrade_answer.starts_with("HTTP/1.1 101 Switching Protocols\r\n"));
  CHECK(server.upgrade_answer.find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n") !=
        std::string::npos);
  CHECK(server.upgrade_answer.ends_with(
      server_frame("0{\"sid\":\"" + std::string(server.last().session->id()) +
                   "\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000,"
                   "\"maxPayload\":1000000}")));
}

TEST_CASE("websocket: messages in both directions, text and binary") {
  TestServer server;
  FakeStream& stream = server.open_websocket();
  server.exchange(stream, client_frame("4hello") + client_frame("\x01\x02", 2) +
                              client_frame("bAQID") + client_frame("4") + client_frame("", 2));
  CHECK(server.last().messages ==
        std::vector<std::string>{"hello", "[\x01\x02]", "[\x01\x02\x03]", "", "[]"});
  server.last().session->send(Message::text("hi"), true);
  server.last().session->send(Message::binary("\x05"), true);
  server.shard.settle();
  CHECK(stream.take_sent() == server_frame("4hi") + server_frame("\x05", 2));
}

TEST_CASE("websocket: b64 and protocol 3 have their own binary forms") {
  TestServer server({.allow_eio3 = true});
  const auto binary_of = [&](std::string_view parameters) {
    FakeStream& stream = server.open_websocket(parameters);
    server.last().session->send(Message::binary("\x01\x02\x03"), true);
    server.shard.settle();
    return stream.take_sent();
  };
  CHECK(binary_of("EIO=4&b64=1") == server_frame("bAQID"));
  CHECK(binary_of("EIO=3") == server_frame("\x04\x01\x02\x03", 2));
  CHECK(binary_of("EIO=3&b64=1") == server_frame("b4AQID"));
  FakeStream& stream = server.open_websocket("EIO=3");
  server.exchange(stream, client_frame("\x04\x07", 2));
  CHECK(server.last().messages == std::vector<std::string>{"[\x07]"});
}

TEST_CASE("websocket: ping frames are answered") {
  TestServer server;
  FakeStream& stream = server.open_websocket();
  CHECK(server.exchange(stream, client_frame("abc", 9)) == server_frame("abc", 10));
}

TEST_CASE("websocket: a peer that pings and does not read gets one pong, the last") {
  TestServer server;
  FakeStream& stream = server.open_websocket();
  stream.set_kernel_room(0);
  server.last().session->send(Message::text("stuck"), true);
  for (int i = 0; i < 1000; ++i) {
    stream.feed(client_frame(std::to_string(i), 9));
  }
  server.shard.settle();
  CHECK(server.last().session->queued_bytes() == server_frame("4stuck").size());
  stream.set_kernel_room(1'000'000);
  server.shard.settle();
  CHECK(stream.take_sent() == server_frame("4stuck") + server_frame("999", 10));
}

TEST_CASE("websocket: undecodable packets end the session, not more") {
  for (const std::string_view packet : {"", "x", "9"}) {
    TestServer server;
    FakeStream& stream = server.open_websocket();
    CHECK(server.exchange(stream, client_frame(packet)) == close_frame);
    CHECK(server.last().reason == "parse error");
  }
}

TEST_CASE("websocket: violations of RFC 6455 are answered with their code") {
  struct Case {
    std::string name;
    std::string bytes;
    unsigned code;
  };
  const Case cases[] = {
      {"not masked", server_frame("4a"), 1002},
      {"bad opcode", client_frame("4a", 3), 1002},
      {"continuation of nothing", client_frame("4a", 0), 1002},
      {"invalid UTF-8", client_frame("4\xff"), 1007},
      {"too big", client_frame(std::string(11, '4')), 1009},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    TestServer server({.max_http_buffer_size = 10});
    FakeStream& stream = server.open_websocket();
    CHECK(server.exchange(stream, c.bytes) == close_with(c.code));
    CHECK(server.last().reason == "transport error");
    CHECK(stream.closed());
  }
}

TEST_CASE("websocket: a message of the limit passes") {
  TestServer server({.max_http_buffer_size = 10});
  FakeStream& stream = server.open_websocket();
  server.exchange(stream, client_frame("4123456789"));
  CHECK(server.last().messages == std::vector<std::string>{"123456789"});
}

TEST_CASE("websocket: the peer's close frame is echoed and ends the session") {
  TestServer server;
  FakeStream& stream = server.open_websocket();
  CHECK(server.exchange(stream, client_frame("\x03\xe9", 8)) == close_with(1001));
  CHECK(server.last().reason == "transport close");
  CHECK(stream.closed());
}

TEST_CASE("websocket: a lost connection ends the session") {
  TestServer server;
  server.open_websocket().end();
  CHECK(server.last().reason == "transport close");
}

TEST_CASE("websocket: a close packet ends the session at once") {
  TestServer server;
  FakeStream& stream = server.open_websocket();
  CHECK(server.exchange(stream, client_frame("1")) == close_frame);
  CHECK(server.last().reason == "transport close");
}

TEST_CASE("websocket: closing sends what is queued, then a close frame without code") {
  TestServer server;
  FakeStream& stream = server.open_websocket();
  server.last().session->send(Message::text("bye"), true);
  server.last().session->close();
  CHECK(server.last().reason == "forced close");
  server.shard.settle();
  CHECK(stream.take_sent() == server_frame("4bye") + std::string(close_frame));
  CHECK_FALSE(stream.closed());
  server.exchange(stream, client_frame("", 8));
  CHECK(stream.closed());
}

TEST_CASE("websocket: a peer that does not answer a close is cut off after 30 s") {
  TestServer server;
  FakeStream& stream = server.open_websocket();
  server.last().session->close();
  server.shard.advance(29'999ms);
  CHECK_FALSE(stream.aborted());
  server.shard.advance(1ms);
  CHECK(stream.aborted());
}

TEST_CASE("websocket: nothing reaches the application after the close") {
  TestServer server;
  FakeStream& stream = server.open_websocket();
  server.last().session->close();
  server.exchange(stream, client_frame("4late"));
  CHECK(server.last().messages.empty());
}

TEST_CASE("websocket: a session whose output cannot leave is ended at its limit") {
  engineio::Options options;
  options.limits.outgoing_queue_bytes = 300;
  TestServer server(options);
  FakeStream& stream = server.open_websocket();
  stream.set_kernel_room(0);
  server.last().session->send(Message::text(std::string(150, 'x')), true);
  server.last().session->send(Message::text(std::string(140, 'x')), true);
  server.shard.settle();
  CHECK(server.last().reason.empty());
  server.last().session->send(Message::text(std::string(10, 'x')), true);
  CHECK(server.last().reason.empty());  // not from inside send()
  server.shard.settle();
  CHECK(server.last().reason == "transport error");
  CHECK(server.last().description == "outgoing queue is full");
}
