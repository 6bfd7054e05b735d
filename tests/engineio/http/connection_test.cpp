#include "engineio/http/connection.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

#include "tests/engineio/http/connection_fixture.hpp"

using engineio::net::StreamEnd;
using support::HttpConnectionFixture;
using namespace std::chrono_literals;

TEST_CASE_FIXTURE(HttpConnectionFixture, "a request is handed over with its circumstances") {
  stream->is_secure = true;
  feed(get("/a?b", "X-Y: z\r\n"));
  REQUIRE(exchanges.size() == 1);
  const auto& request = exchanges[0]->request();
  CHECK(request.method == "GET");
  CHECK(request.target == "/a?b");
  CHECK(request.headers.get("x-y") == "z");
  CHECK(request.remote_address == "::ffff:127.0.0.1");
  CHECK(request.secure);
  CHECK(exchanges[0]->stream() == stream.get());
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "an answer leaves at the end of the turn") {
  feed(get("/"));
  exchanges[0]->respond(200, {}, "hello");
  CHECK(exchanges[0]->answered());
  CHECK(stream->sent().empty());
  shard.turn();
  CHECK(stream->sent() ==
        "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
        "Connection: keep-alive\r\nKeep-Alive: timeout=65\r\nContent-Length: 5\r\n\r\nhello");
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "requests follow each other on one connection") {
  handle = [](Exchange& exchange) { exchange.respond(200, {}, exchange.request().target); };
  feed(get("/1"));
  CHECK(received() == ok("/1"));
  feed(get("/2") + get("/3"));
  CHECK(received() == ok("/2") + ok("/3"));
  CHECK_FALSE(stream->closed());
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "pipelined requests are answered in their order") {
  feed(get("/1") + get("/2") + get("/3"));
  REQUIRE(exchanges.size() == 3);
  respond(2, "third");
  respond(1, "second");
  CHECK(received().empty());
  respond(0, "first");
  CHECK(received() == ok("first") + ok("second") + ok("third"));
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "the number of unanswered requests is limited") {
  limits.http_pipelined_requests = 3;
  feed(get("/1") + get("/2") + get("/3"));
  CHECK(exchanges.size() == 3);
  CHECK_FALSE(stream->reading_paused());
  feed(get("/4") + get("/5"));
  CHECK(exchanges.size() == 3);
  CHECK(stream->reading_paused());
  respond(1, "2");
  CHECK(exchanges.size() == 3);
  respond(0, "1");
  CHECK(exchanges.size() == 5);
  CHECK_FALSE(stream->reading_paused());
  CHECK(exchanges[4]->request().target == "/5");
  CHECK(received() == ok("1") + ok("2"));
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "any split of the input gives the same answers") {
  handle = [](Exchange& exchange) {
    exchange.read_body(100, [&](auto, std::span<char> body) {
      exchange.respond(200, {}, exchange.request().target + std::string(body.begin(), body.end()));
    });
  };
  const auto input = get("/1") + post("Content-Length: 2\r\n", "ab") + "\r\n" +
                     post("Transfer-Encoding: chunked\r\n", "2\r\ncd\r\n1\r\ne\r\n0\r\n\r\n") +
                     get("/2");
  for (std::size_t at = 0; at <= input.size(); ++at) {
    accept();
    exchanges.clear();
    feed(input.substr(0, at));
    feed(input.substr(at));
    CHECK(received() == ok("/1") + ok("/ab") + ok("/cde") + ok("/2"));
  }
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "Connection: close ends the connection") {
  SUBCASE("asked for by the request") {
    feed(get("/", "Connection: close\r\n") + get("/ignored"));
    exchanges[0]->respond(200, {}, "x");
  }
  SUBCASE("asked for by the response") {
    feed(get("/"));
    engineio::HttpHeaders headers;
    headers.add("connection", "Close");
    exchanges[0]->respond(200, headers, "x");
  }
  SUBCASE("implied by HTTP/1.0") {
    feed("GET / HTTP/1.0\r\n\r\n");
    exchanges[0]->respond(200, {}, "x");
  }
  shard.settle();
  CHECK(exchanges.size() == 1);
  CHECK(received() == "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx");
  CHECK(stream->closed());
  CHECK(stream->ended());
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "HTTP/1.0 may keep the connection") {
  feed("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  respond(0, "x");
  CHECK(received() == ok("x"));
  CHECK_FALSE(stream->closed());
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "requests behind a closing answer are aborted") {
  feed(get("/1") + get("/2"));
  bool aborted = false;
  exchanges[1]->on_abort([&] { aborted = true; });
  engineio::HttpHeaders headers;
  headers.add("Connection", "close");
  exchanges[0]->respond(200, headers, "x");
  CHECK(aborted);
  respond(1, "late");
  CHECK(received().find("late") == std::string::npos);
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "what is not HTTP is refused, and the connection ends") {
  SUBCASE("at once") {
    feed("GET / HTTP/9.9\r\n\r\n");
    CHECK(exchanges.empty());
    CHECK(received() == refusal("400 Bad Request"));
  }
  SUBCASE("after the answers to earlier requests") {
    feed(get("/1") + "nonsense\r\n\r\n");
    CHECK(received().empty());
    CHECK_FALSE(stream->closed());
    respond(0, "1");
    CHECK(received() == ok("1") + refusal("400 Bad Request"));
  }
  SUBCASE("too large a head") {
    limits.http_head_bytes = 100;
    feed(get("/", "A: " + std::string(100, 'a')));
    CHECK(received() == refusal("431 Request Header Fields Too Large"));
  }
  SUBCASE("too long a request line") {
    limits.http_head_bytes = 100;
    feed("GET /" + std::string(100, 'a'));
    CHECK(received() == refusal("414 URI Too Long"));
  }
  CHECK(stream->closed());
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "a body that is not HTTP aborts its request") {
  feed(get("/1") + post("Transfer-Encoding: chunked\r\n", "1\r\na\r\n"));
  bool aborted = false;
  exchanges[1]->on_abort([&] { aborted = true; });
  feed("nonsense\r\n");
  CHECK(aborted);
  exchanges[1]->respond(200, {}, "ignored");
  respond(0, "1");
  CHECK(received() == ok("1") + refusal("400 Bad Request"));
  CHECK(stream->closed());
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "a bad body behind an answer ends the connection") {
  feed(post("Transfer-Encoding: chunked\r\n", "1\r\na\r\n"));
  respond(0, "early");
  feed("nonsense\r\n");
  CHECK(received() == ok("early"));
  CHECK(stream->closed());
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "the end of the stream aborts what is unanswered") {
  feed(get("/1") + get("/2"));
  int aborted = 0;
  for (auto& exchange : exchanges) {
    exchange->on_abort([&] { ++aborted; });
  }
  exchanges[1]->respond(200, {}, "waits for the first");
  stream->end(StreamEnd::failed);
  CHECK(aborted == 1);
  CHECK(exchanges[0]->answered());
  CHECK(exchanges[0]->stream() == nullptr);
  shard.settle();
  respond(0, "late");
  exchanges[0]->destroy();
  exchanges[0]->read_body(1, [](auto, auto) { FAIL("there is no body"); });
  CHECK(received().empty());
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "an aborted exchange lets go of its callbacks") {
  feed(get("/1") + post("Content-Length: 5\r\n", "he"));
  handle = nullptr;
  const std::weak_ptr<Exchange> first = exchanges[0];
  exchanges[0]->on_abort([held = exchanges[0]] {});
  exchanges.clear();
  stream->end();
  shard.settle();
  CHECK(first.expired());
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "an expectation is fulfilled before the body is sent") {
  handle = [](Exchange& exchange) {
    exchange.read_body(10, [&](auto, std::span<char> body) {
      exchange.respond(200, {}, std::string_view(body.data(), body.size()));
    });
  };
  feed(post("Expect: 100-continue\r\nContent-Length: 2\r\n", ""));
  CHECK(received() == "HTTP/1.1 100 Continue\r\n\r\n");
  feed("ab");
  CHECK(received() == ok("ab"));
  CHECK_FALSE(stream->closed());
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "an expectation waits for earlier answers") {
  feed(get("/1") + post("Expect: 100-continue\r\nContent-Length: 2\r\n", ""));
  CHECK(received().empty());
  respond(0, "1");
  CHECK(received() == ok("1") + "HTTP/1.1 100 Continue\r\n\r\n");
}

TEST_CASE_FIXTURE(HttpConnectionFixture,
                  "an answer instead of 100 ends the connection: will the body come or not?") {
  handle = [](Exchange& exchange) { exchange.respond(403, {}); };
  feed(post("Expect: 100-continue\r\nContent-Length: 2\r\n", ""));
  CHECK(received() == "HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  CHECK(stream->closed());
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "an unknown expectation fails") {
  feed(get("/", "Expect: the-unexpected\r\n"));
  CHECK(exchanges.empty());
  CHECK(received() ==
        "HTTP/1.1 417 Expectation Failed\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  CHECK(stream->closed());
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "an idle connection is closed") {
  SUBCASE("a new one") {
    shard.advance(limits.keep_alive_timeout - 1ns);
    CHECK_FALSE(stream->closed());
    shard.advance(1ns);
  }
  SUBCASE("a used one") {
    shard.advance(limits.keep_alive_timeout - 1s);
    feed(get("/"));
    shard.advance(10min);  // a poll may wait
    CHECK_FALSE(stream->closed());
    respond(0, "x");
    shard.advance(limits.keep_alive_timeout - 1ns);
    CHECK_FALSE(stream->closed());
    CHECK(received() == ok("x"));
    shard.advance(1ns);
  }
  SUBCASE("one that sends empty lines only") {
    shard.advance(limits.keep_alive_timeout - 1s);
    feed("\r\n\r\n");
    shard.advance(1s);
  }
  CHECK(received().empty());
  CHECK(stream->closed());
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "a connection is not idle while it is read from") {
  feed(get("/"));
  stream->set_kernel_room(10);
  respond(0, std::string(1000, 'x'));
  shard.advance(limits.keep_alive_timeout);
  CHECK_FALSE(stream->closed());
  stream->set_kernel_room(10'000);
  shard.settle();
  shard.advance(limits.keep_alive_timeout);
  CHECK(stream->closed());
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "a head must be complete in time") {
  const auto head = get("/");
  feed(head.substr(0, 5));
  shard.advance(limits.http_head_timeout - 1ms);
  feed(head.substr(5, 5));  // does not gain time
  CHECK_FALSE(stream->closed());
  shard.advance(1ms);
  CHECK(received() == refusal("408 Request Timeout"));
  CHECK(stream->closed());
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "the time of a head ends with it") {
  const auto head = get("/");
  feed(head.substr(0, 5));
  shard.advance(limits.http_head_timeout - 1ms);
  feed(head.substr(5));
  shard.advance(10min);
  respond(0, "x");
  CHECK(received() == ok("x"));

  feed(head.substr(0, 5));
  shard.advance(limits.http_head_timeout - 1ms);
  feed(head.substr(5) + head.substr(0, 5));  // the next one has its own time
  shard.advance(limits.http_head_timeout - 1ms);
  CHECK_FALSE(stream->closed());
  shard.advance(1ms);
  respond(1, "y");
  CHECK(received() == ok("y") + refusal("408 Request Timeout"));
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "a body must be complete in time") {
  feed(post("Content-Length: 3\r\n", "a"));
  bool aborted = false;
  exchanges[0]->on_abort([&] { aborted = true; });
  shard.advance(limits.http_body_timeout - 1ms);
  feed("b");
  CHECK_FALSE(aborted);
  shard.advance(1ms);
  CHECK(aborted);
  CHECK(received() == refusal("408 Request Timeout"));
  CHECK(stream->closed());
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "answers to earlier requests gain a body no time") {
  feed(get("/1") + post("Content-Length: 3\r\n", "a"));
  shard.advance(limits.http_body_timeout - 1ms);
  respond(0, "1");
  shard.advance(1ms);
  CHECK(received() == ok("1") + refusal("408 Request Timeout"));
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "a connection that has ended has no deadline") {
  feed("nonsense");
  CHECK(stream->closed());
  shard.advance(1h);
  CHECK(received() == refusal("400 Bad Request"));
  stream.reset();
  accept();
  stream->end();
  stream.reset();
  shard.advance(1h);
  CHECK(shard.timers().size() == 0);
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "a connection may be destroyed with open exchanges") {
  feed(get("/1") + post("Content-Length: 9\r\n", "a"));
  stream.reset();
  exchanges[0]->respond(200, {}, "late");
  exchanges[1]->destroy();
  CHECK(exchanges[0]->stream() == nullptr);
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "random input and random answers do no harm") {
  std::mt19937 random(3);
  const std::string pieces[] = {
      get("/"),
      get("/", "Connection: Upgrade\r\nUpgrade: x\r\n"),
      post("Content-Length: 3\r\n", "abc"),
      post("Content-Length: 3\r\n", ""),
      post("Transfer-Encoding: chunked\r\n", "1\r\na\r\n0\r\n\r\n"),
      post("Expect: 100-continue\r\nContent-Length: 1\r\n", "a"),
      "abc",
      "\r\n",
      "GET /",
      "0\r\n\r\n",
  };
  for (int round = 0; round < 300; ++round) {
    accept();
    exchanges.clear();
    handle = [&](Exchange& exchange) {
      switch (random() % 6) {
        case 0:
          return exchange.respond(200, {}, "now");
        case 1:
          return exchange.read_body(2, [&](auto, auto) { exchange.respond(413, {}); });
        case 2:
          return exchange.first_in_line() ? exchange.destroy() : exchange.retry_when_first();
        default:
          return;
      }
    };
    for (int step = 0; step < 20; ++step) {
      feed(pieces[random() % std::size(pieces)]);
      if (!exchanges.empty()) {
        const auto exchange = exchanges[random() % exchanges.size()];
        random() % 4 == 0 ? exchange->write_and_end("x") : exchange->respond(200, {}, "later");
      }
      shard.advance(std::chrono::seconds(random() % 20));
    }
    stream->end();
    shard.settle();
    for (const auto& exchange : exchanges) {
      CHECK(exchange->answered());
    }
  }
}
