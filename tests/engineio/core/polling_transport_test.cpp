#include "engineio/core/polling_transport.hpp"

#include <doctest/doctest.h>

#include "tests/support/engine_fixture.hpp"

using namespace engine_fixture;
using namespace std::chrono_literals;
using engineio::Message;
using support::FakeStream;

TEST_CASE(
    "polling: the poll that waits is answered with the first packet, the next with the rest") {
  TestServer server;
  const std::string sid = server.open_polling();
  FakeStream& poll = server.start_poll(sid);
  CHECK(poll.sent().empty());
  server.last().session->send(Message::text("one"), true);
  server.last().session->send(Message::text("two"), true);
  server.last().session->send(Message::binary("\x01\x02\x03"), true);
  server.shard.settle();
  const Answer first = parse_answer(poll.take_sent());
  CHECK(first.status == 200);
  CHECK(first.body == "4one");
  CHECK(first.has("Content-Type: text/plain; charset=UTF-8\r\n"));
  CHECK(first.has("cache-control: no-store\r\n"));
  CHECK(server.poll(sid).body ==
        "4two\x1e"
        "bAQID");
}

TEST_CASE("polling: packets wait for the next poll") {
  TestServer server;
  const std::string sid = server.open_polling();
  server.last().session->send(Message::text("a"), true);
  server.shard.settle();
  server.last().session->send(Message::text("b"), true);
  CHECK(server.last().session->queued_bytes() == 2);
  CHECK(server.poll(sid).body ==
        "4a\x1e"
        "4b");
  CHECK(server.last().session->queued_bytes() == 0);
}

TEST_CASE("polling: a POST delivers its packets in order and is answered with ok") {
  TestServer server;
  const std::string sid = server.open_polling();
  const Answer answer = server.post(sid,
                                    "4a\x1e"
                                    "bAQID\x1e"
                                    "4c");
  CHECK(answer.status == 200);
  CHECK(answer.body == "ok");
  CHECK(answer.has("Content-Type: text/html\r\n"));
  CHECK(server.last().messages == std::vector<std::string>{"a", "[\x01\x02\x03]", "c"});
}

TEST_CASE("polling: packets in front of a bad one are delivered, then the session ends") {
  TestServer server;
  const std::string sid = server.open_polling();
  FakeStream& poll = server.start_poll(sid);
  CHECK(server
            .post(sid,
                  "4a\x1e"
                  "9\x1e"
                  "4b")
            .body == "ok");
  CHECK(server.last().messages == std::vector<std::string>{"a"});
  CHECK(server.last().reason == "parse error");
  CHECK(parse_answer(poll.take_sent()).body == "1");
  CHECK(server.poll(sid).status == 400);
}

TEST_CASE("polling: a second poll at the same time ends the session") {
  TestServer server;
  const std::string sid = server.open_polling();
  FakeStream& first = server.start_poll(sid);
  const Answer second = server.poll(sid);
  CHECK(second.status == 400);
  CHECK(second.body.empty());
  CHECK(parse_answer(first.take_sent()).body == "1");
  CHECK(server.last().reason == "transport error");
  CHECK(server.last().description == "overlap from client");
}

TEST_CASE("polling: a second POST at the same time ends the session and the first POST") {
  TestServer server;
  const std::string sid = server.open_polling();
  FakeStream& first = server.connect();
  server.exchange(first, "POST /engine.io/?EIO=4&transport=polling&sid=" + sid +
                             " HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\n4a");
  CHECK(server.post(sid, "4b").status == 400);
  CHECK(first.aborted());
  CHECK(first.sent().empty());
  CHECK(server.last().reason == "transport error");
  CHECK(server.last().description == "data request overlap from client");
  CHECK(server.last().messages.empty());
}

TEST_CASE("polling: a poll or a POST whose connection is lost ends the session") {
  SUBCASE("poll") {
    TestServer server;
    server.start_poll(server.open_polling()).end();
    CHECK(server.last().reason == "transport error");
    CHECK(server.last().description == "poll connection closed prematurely");
  }
  SUBCASE("POST") {
    TestServer server;
    const std::string sid = server.open_polling();
    FakeStream& post = server.connect();
    server.exchange(post, "POST /engine.io/?EIO=4&transport=polling&sid=" + sid +
                              " HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\n4a");
    post.end();
    CHECK(server.last().reason == "transport error");
    CHECK(server.last().description == "data request connection closed prematurely");
  }
}

TEST_CASE("polling: protocol 4 refuses binary bodies") {
  TestServer server;
  const std::string sid = server.open_polling();
  const Answer answer = server.request("POST", "/engine.io/?EIO=4&transport=polling&sid=" + sid,
                                       "4a", "Content-Type: application/octet-stream\r\n");
  CHECK(answer.status == 400);
  CHECK(answer.body.empty());
  CHECK(server.last().description == "invalid content");
}

TEST_CASE("polling: a body of the limit passes, one byte more is 413 and the session lives") {
  TestServer server({.max_http_buffer_size = 10});
  const std::string sid = server.open_polling();
  CHECK(server.post(sid, "4123456789").status == 200);
  const Answer refused = server.post(sid, "41234567890");
  CHECK(refused.status == 413);
  CHECK(refused.body.empty());
  CHECK(server.post(sid, "4again").status == 200);
  CHECK(server.last().messages == std::vector<std::string>{"123456789", "again"});
}

TEST_CASE("polling: packets in one payload are limited") {
  engineio::Options options;
  options.limits.packets_per_payload = 2;
  TestServer server(options);
  const std::string sid = server.open_polling();
  server.post(sid,
              "4a\x1e"
              "4b");
  CHECK(server.last().reason.empty());
  server.post(sid,
              "4a\x1e"
              "4b\x1e"
              "4c");
  CHECK(server.last().reason == "parse error");
}

TEST_CASE("polling: a close packet ends the session; the poll that waits gets a noop") {
  TestServer server;
  const std::string sid = server.open_polling();
  FakeStream& poll = server.start_poll(sid);
  CHECK(server
            .post(sid,
                  "1\x1e"
                  "4ignored")
            .body == "ok");
  CHECK(parse_answer(poll.take_sent()).body == "6");
  CHECK(server.last().reason == "transport close");
  CHECK(server.last().messages.empty());
}

namespace {

// A POST whose answer is read later.
FakeStream& start_post(TestServer& server, const std::string& sid, std::string_view body) {
  FakeStream& stream = server.connect();
  CHECK(server
            .exchange(stream, "POST /engine.io/?EIO=4&transport=polling&sid=" + sid +
                                  " HTTP/1.1\r\nHost: test\r\nContent-Length: " +
                                  std::to_string(body.size()) + "\r\n\r\n" + std::string(body))
            .empty());
  return stream;
}

}  // namespace

TEST_CASE("polling: a poll that comes after the close packet it was sent before gets a noop") {
  TestServer server;
  const std::string sid = server.open_polling();
  FakeStream& post = start_post(server, sid,
                                "4last\x1e"
                                "1");
  CHECK(server.last().messages == std::vector<std::string>{"last"});
  CHECK(server.last().reason.empty());
  CHECK(server.poll(sid).body == "6");
  CHECK(server.last().reason == "transport close");
  CHECK(parse_answer(post.take_sent()).body == "ok");
  CHECK(server.poll(sid).status == 400);
}

TEST_CASE("polling: after a close packet, the last poll is waited for no longer than its limit") {
  TestServer server;
  FakeStream& post = start_post(server, server.open_polling(), "1");
  server.shard.advance(49ms);
  CHECK(server.last().reason.empty());
  CHECK(post.sent().empty());
  server.shard.advance(1ms);
  CHECK(server.last().reason == "transport close");
  CHECK(parse_answer(post.take_sent()).body == "ok");
}

TEST_CASE("polling: after a close packet, a second POST and close() end the session at once") {
  TestServer server;
  const std::string sid = server.open_polling();
  FakeStream& post = start_post(server, sid, "1");
  SUBCASE("POST") {
    CHECK(server.post(sid, "4late").status == 400);
    CHECK(server.last().reason == "transport close");
  }
  SUBCASE("close()") {
    server.last().session->close();
    CHECK(server.last().reason == "forced close");
  }
  SUBCASE("discard_and_close()") {
    server.last().session->discard_and_close();
    CHECK(server.last().reason == "forced close");
  }
  server.shard.settle();
  CHECK(server.last().messages.empty());
  CHECK(parse_answer(post.take_sent()).body == "ok");
}

TEST_CASE("polling: closing answers the poll that waits") {
  TestServer server;
  FakeStream& poll = server.start_poll(server.open_polling());
  server.last().session->close();
  CHECK(server.last().reason == "forced close");
  server.shard.settle();
  CHECK(parse_answer(poll.take_sent()).body == "1");
}

TEST_CASE("polling: closing between polls waits for two more polls") {
  TestServer server;
  const std::string sid = server.open_polling();
  server.last().session->send(Message::text("bye"), true);
  server.last().session->close();
  CHECK(server.last().session->state() == engineio::Session::State::closing);
  CHECK(server.poll(sid).body == "4bye");
  CHECK(server.last().reason.empty());
  CHECK(server.poll(sid).body ==
        "6\x1e"
        "1");
  CHECK(server.last().reason == "forced close");
  CHECK(server.poll(sid).status == 400);
}

TEST_CASE("polling: closing ends by itself when no poll comes") {
  // Pings are put off, so that it is not the heartbeat that ends the session.
  TestServer server({.ping_interval = 1h});
  server.open_polling();
  server.last().session->close();
  server.shard.advance(29'999ms);
  CHECK(server.last().reason.empty());
  server.shard.advance(1ms);
  CHECK(server.last().reason == "forced close");
}

TEST_CASE("polling: old versions of Internet Explorer get a header of their own") {
  TestServer server;
  CHECK(server.get("/engine.io/?EIO=4&transport=polling", "User-Agent: x Trident/7.0\r\n")
            .has("X-XSS-Protection: 0\r\n"));
  CHECK(server.get("/engine.io/?EIO=4&transport=polling", "User-Agent: x ;MSIE 8.0\r\n")
            .has("X-XSS-Protection: 0\r\n"));
  CHECK_FALSE(server.get("/engine.io/?EIO=4&transport=polling").has("X-XSS-Protection"));
}

TEST_CASE("polling: bodies from the threshold on are compressed, unless all packets say no") {
  TestServer server;
  const std::string sid = server.open_polling();
  const auto poll = [&](std::size_t size, bool compress) {
    server.last().session->send(Message::text(std::string(size, 'x')), compress);
    return server.get("/engine.io/?EIO=4&transport=polling&sid=" + sid,
                      "Accept-Encoding: gzip\r\n");
  };
  CHECK(poll(1023, true).has("Content-Encoding: gzip\r\n"));  // with its type digit 1024
  CHECK_FALSE(poll(1022, true).has("Content-Encoding"));
  CHECK_FALSE(poll(5000, false).has("Content-Encoding"));
}

TEST_CASE("polling, protocol 3: text payloads count UTF-16 code units") {
  TestServer server({.allow_eio3 = true});
  const std::string sid = server.open_polling("EIO=3");
  server.last().session->send(Message::text("\xf0\x9f\x98\x80"), true);
  CHECK(server.poll(sid, "EIO=3").body == "3:4\xf0\x9f\x98\x80");
  server.post(sid, "2:4a3:4bc", "EIO=3");
  CHECK(server.last().messages == std::vector<std::string>{"a", "bc"});
}

TEST_CASE("polling, protocol 3: a batch with binary is a binary payload, with b64 it is text") {
  TestServer server({.allow_eio3 = true});
  std::string sid = server.open_polling("EIO=3");
  server.last().session->send(Message::binary("\x05"), true);
  Answer answer = server.poll(sid, "EIO=3");
  CHECK(answer.has("Content-Type: application/octet-stream\r\n"));
  CHECK(answer.body == std::string("\x01\x02\xff\x04\x05", 5));

  sid = server.open_polling("EIO=3&b64=1");
  server.last().session->send(Message::binary("\x05"), true);
  answer = server.poll(sid, "EIO=3&b64=1");
  CHECK(answer.has("Content-Type: text/plain; charset=UTF-8\r\n"));
  CHECK(answer.body == "6:b4BQ==");
}

TEST_CASE("polling: JSONP") {
  TestServer server;
  const std::string sid = server.open_polling("EIO=4&j=2x7");
  server.last().session->send(Message::text("\"hi\""), true);
  CHECK(server.poll(sid).body == "___eio[27](\"4\\\"hi\\\"\");");
  server.post(sid, "d=4a%5C%5Cnb");
  CHECK(server.last().messages == std::vector<std::string>{"a\\nb"});
}
