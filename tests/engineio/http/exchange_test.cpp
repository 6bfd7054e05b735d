#include "engineio/http/exchange.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>

#include "engineio/http/responder.hpp"
#include "tests/engineio/http/connection_fixture.hpp"

using engineio::Bytes;
using engineio::HttpHeaders;
using engineio::http::BodyEnd;
using engineio::http::ServerConnection;
using support::HttpConnectionFixture;
using namespace std::chrono_literals;

namespace {

const std::string upgrade_fields = "Connection: Upgrade\r\nUpgrade: websocket\r\n";

/// What an upgraded connection becomes.
class Recorder final : public engineio::net::StreamReceiver {
 public:
  explicit Recorder(std::string& received) : received_(received) {}

  std::size_t on_bytes(std::span<char> bytes) override {
    received_.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_drained() override {}
  void on_end(engineio::net::StreamEnd) override {}

 private:
  std::string& received_;
};

struct BodyFixture : HttpConnectionFixture {
  BodyFixture() {
    handle = [this](Exchange& exchange) {
      exchange.read_body(limit, [this](BodyEnd how, std::span<char> bytes) {
        ++calls;
        end = how;
        body.assign(bytes.begin(), bytes.end());
        data = bytes.data();
      });
    };
  }

  std::size_t limit = 10;
  int calls = 0;
  std::optional<BodyEnd> end;
  std::string body;
  const char* data = nullptr;
};

}  // namespace

TEST_CASE_FIXTURE(BodyFixture, "a body is read, in one piece or many") {
  SUBCASE("with its head") { feed(post("Content-Length: 5\r\n", "hello")); }
  SUBCASE("after its head") {
    feed(post("Content-Length: 5\r\n", ""));
    CHECK(calls == 0);
    feed("he");
    CHECK(calls == 0);
    feed("llo");
  }
  SUBCASE("chunked") {
    feed(post("Transfer-Encoding: chunked\r\n", "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"));
  }
  CHECK(calls == 1);
  CHECK(end == BodyEnd::complete);
  CHECK(body == "hello");
  respond(0, "ok");
  CHECK(received() == ok("ok"));
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "a body that came in one piece is not copied") {
  const char* in_stream = nullptr;
  const char* in_body = nullptr;
  handle = [&](Exchange& exchange) {
    in_stream = exchange.request().method.data();
    exchange.read_body(10, [&](BodyEnd, std::span<char> bytes) {
      in_body = bytes.data();
      bytes[0] = 'H';  // it may be changed
    });
  };
  auto request = post("Content-Length: 5\r\n", "hello");
  CHECK(stream->receiver()->on_bytes(request) == request.size());
  CHECK(in_body == request.data() + request.size() - 5);
  CHECK(request.ends_with("Hello"));
}

TEST_CASE_FIXTURE(BodyFixture, "a request without a body has an empty one") {
  feed(get("/"));
  CHECK(end == BodyEnd::complete);
  CHECK(body.empty());
}

TEST_CASE_FIXTURE(BodyFixture, "a body of the limit is complete, one byte more is too large") {
  feed(post("Content-Length: 10\r\n", "0123456789"));
  CHECK(end == BodyEnd::complete);
  respond(0, "");
  feed(post("Content-Length: 11\r\n", "0123456789"));
  CHECK(calls == 1);
  feed("0");
  CHECK(calls == 2);
  CHECK(end == BodyEnd::too_large);
}

TEST_CASE_FIXTURE(BodyFixture, "a body is counted, whatever its length was said to be") {
  feed(post("Content-Length: 1000\r\n", "0123456789"));
  CHECK(calls == 0);
  feed("0");
  CHECK(end == BodyEnd::too_large);
  feed("0123456789");
  CHECK(calls == 1);
}

TEST_CASE_FIXTURE(BodyFixture, "the rest of a small body is discarded") {
  feed(post("Content-Length: 20\r\n", "0123456789ab"));
  exchanges[0]->respond(413, {});
  shard.settle();
  CHECK(received() == "HTTP/1.1 413 Payload Too Large\r\nContent-Length: 0\r\n\r\n");
  feed("cdefghij" + get("/next"));
  REQUIRE(exchanges.size() == 2);
  CHECK(exchanges[1]->request().target == "/next");
  CHECK_FALSE(stream->closed());
}

TEST_CASE_FIXTURE(BodyFixture, "the rest of a large body ends the connection") {
  const auto fields = [](std::size_t length) {
    return "Content-Length: " + std::to_string(length) + "\r\n";
  };
  constexpr auto most = ServerConnection::max_discarded_bytes;
  SUBCASE("not that of the limit") {
    feed(post(fields(11 + most), "0123456789a"));
    exchanges[0]->respond(413, {});
    shard.settle();
    CHECK(received() == "HTTP/1.1 413 Payload Too Large\r\nContent-Length: 0\r\n\r\n");
    CHECK_FALSE(stream->closed());
  }
  SUBCASE("one byte more") {
    feed(post(fields(12 + most), "0123456789a"));
    exchanges[0]->respond(413, {});
    shard.settle();
    CHECK(received() ==
          "HTTP/1.1 413 Payload Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    CHECK(stream->closed());
  }
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "an unwanted body of unknown length is limited") {
  const std::string chunk = "1000\r\n" + std::string(0x1000, 'x') + "\r\n";
  feed(post("Transfer-Encoding: chunked\r\n", ""));
  SUBCASE("when it was answered") {
    respond(0, "early");
    for (std::size_t sent = 0; sent < ServerConnection::max_discarded_bytes; sent += 0x1000) {
      CHECK_FALSE(stream->closed());
      feed(chunk);
    }
    CHECK_FALSE(stream->closed());
    feed(chunk);
    CHECK(received() == ok("early"));
  }
  SUBCASE("when it was not") {
    for (std::size_t sent = 0; sent <= ServerConnection::max_discarded_bytes; sent += 0x1000) {
      feed(chunk);
    }
    CHECK(received() == refusal("413 Payload Too Large"));
    CHECK(exchanges[0]->answered());
  }
  CHECK(stream->closed());
}

TEST_CASE_FIXTURE(BodyFixture, "an early answer ends the reading") {
  feed(post("Content-Length: 5\r\n", "he"));
  respond(0, "early");
  feed("llo" + get("/2"));
  CHECK(calls == 1);  // of the second request
  CHECK(exchanges.size() == 2);
  CHECK(received() == ok("early"));
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "all ways to respond") {
  handle = [](Exchange& exchange) {
    HttpHeaders headers;
    headers.add("X", "y");
    const auto target = exchange.request().target;
    if (target == "/view") {
      exchange.respond(200, headers, std::string_view("view"));
    } else if (target == "/bytes") {
      exchange.respond(200, headers, Bytes::copy("bytes"));
    } else if (target == "/response") {
      exchange.respond({.status = 200, .headers = headers, .body = "response"});
    }
    exchange.respond(500, {}, "again");
  };
  const auto expected = [](const std::string& body) {
    return "HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
  };
  feed(get("/view") + get("/bytes") + get("/response"));
  CHECK(received() == expected("view") + expected("bytes") + expected("response"));
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "the answer to HEAD has no body") {
  feed(request("HEAD", "/", ""));
  respond(0, "body");
  CHECK(received() == "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "a request may be taken out") {
  feed(request("HEAD", "/a", ""));
  const auto request = exchanges[0]->take_request();
  CHECK(request.target == "/a");
  CHECK(exchanges[0]->request().target.empty());
  respond(0, "body");
  CHECK(received() == "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "a raw answer is sent as it is and ends the connection") {
  feed(get("/"));
  SUBCASE("with something to say") {
    exchanges[0]->write_and_end("HTTP/1.1 400 Bad Request\r\n\r\nno");
    shard.settle();
    CHECK(received() == "HTTP/1.1 400 Bad Request\r\n\r\nno");
  }
  SUBCASE("without") {
    exchanges[0]->write_and_end("");
    shard.settle();
    CHECK(received().empty());
  }
  CHECK(stream->closed());
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "an exchange may be destroyed") {
  feed(get("/1") + get("/2"));
  int aborted = 0;
  exchanges[0]->on_abort([&] { aborted += 1; });
  exchanges[1]->on_abort([&] { aborted += 10; });
  exchanges[0]->destroy();
  CHECK(stream->aborted());
  CHECK(aborted == 10);
  shard.settle();
  CHECK(stream->ended());
  CHECK(received().empty());
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "an upgrade hands over all bytes behind the head") {
  std::string bytes;
  const auto upgrade = [&](Exchange& exchange) {
    CHECK(exchange.is_upgrade());
    exchange.on_abort([] { FAIL("it was answered"); });
    exchange.upgrade("HTTP/1.1 101 Switching Protocols\r\n\r\n", std::make_unique<Recorder>(bytes));
    CHECK(exchange.answered());
  };
  const auto head = get("/", upgrade_fields);
  SUBCASE("at once") {
    handle = upgrade;
    feed(head + "frame");
  }
  SUBCASE("at once, with a body that Node ignores too") {
    handle = upgrade;
    feed(get("/", upgrade_fields + "Content-Length: 5\r\n") + "frame");
  }
  SUBCASE("later") {
    feed(head + "frame");
    CHECK(stream->reading_paused());
    upgrade(*exchanges.at(0));
    shard.settle();
  }
  SUBCASE("later, before the bytes come") {
    feed(head);
    CHECK_FALSE(stream->reading_paused());
    upgrade(*exchanges.at(0));
    feed("frame");
  }
  CHECK(received() == "HTTP/1.1 101 Switching Protocols\r\n\r\n");
  CHECK(bytes == "frame");
  CHECK_FALSE(stream->reading_paused());
  feed(" more");
  CHECK(bytes == "frame more");
  shard.advance(1h);
  CHECK_FALSE(stream->closed());
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "an upgrade waits for the answers before it") {
  feed(get("/1") + get("/2", upgrade_fields) + "frame");
  CHECK(exchanges.size() == 1);
  CHECK(stream->reading_paused());
  respond(0, "1");
  REQUIRE(exchanges.size() == 2);
  CHECK(exchanges[1]->request().target == "/2");
  std::string bytes;
  exchanges[1]->upgrade("101\r\n\r\n", std::make_unique<Recorder>(bytes));
  shard.settle();
  CHECK(received() == ok("1") + "101\r\n\r\n");
  CHECK(bytes == "frame");
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "an upgrade may be answered like any request") {
  SUBCASE("at once") {
    handle = [](Exchange& exchange) { exchange.respond(200, {}, "plain"); };
    feed(get("/", upgrade_fields) + get("/2"));
    CHECK(received() == ok("plain") + ok("plain"));
  }
  SUBCASE("later") {
    feed(get("/", upgrade_fields));
    respond(0, "plain");
    CHECK(received() == ok("plain"));
    shard.advance(limits.keep_alive_timeout - 1ns);
    CHECK_FALSE(stream->closed());
    feed(get("/2"));
    CHECK(exchanges.size() == 2);
  }
  SUBCASE("later, with more behind it") {
    feed(get("/", upgrade_fields) + get("/2"));
    CHECK(exchanges.size() == 1);
    respond(0, "plain");
    CHECK(exchanges.size() == 2);
  }
  SUBCASE("with a body") {
    handle = [](Exchange& exchange) {
      exchange.read_body(10, [&](auto, std::span<char> body) {
        exchange.respond(200, {}, std::string_view(body.data(), body.size()));
      });
    };
    feed(post(upgrade_fields + "Content-Length: 4\r\n", "body"));
    CHECK(received() == ok("body"));
  }
  CHECK_FALSE(stream->closed());
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "a peer that leaves aborts an undecided upgrade") {
  feed(get("/", upgrade_fields));
  bool aborted = false;
  exchanges[0]->on_abort([&] { aborted = true; });
  stream->end();
  CHECK(aborted);
  std::string bytes;
  exchanges[0]->upgrade("101", std::make_unique<Recorder>(bytes));
  CHECK(exchanges[0]->answered());
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "a connection migrates with the request and all behind") {
  handle = [](Exchange& exchange) {
    CHECK(exchange.first_in_line());
    exchange.migrate(3);
    CHECK(exchange.answered());
    CHECK(exchange.stream() == nullptr);
  };
  const auto input = post("Content-Length: 5\r\n", "hel");
  SUBCASE("in one piece") { feed(input); }
  SUBCASE("in pieces") {
    feed(input.substr(0, 20));
    feed(input.substr(20));
  }
  REQUIRE(stream->migration());
  CHECK(stream->migration()->shard == 3);
  CHECK(stream->migration()->unconsumed == input);
  shard.settle();
  CHECK(shard.timers().size() == 0);
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "a request may wait to be the first in line") {
  handle = [](Exchange& exchange) {
    if (exchange.request().target != "/2") {
      return;
    }
    if (!exchange.first_in_line()) {
      exchange.retry_when_first();
      CHECK(exchange.answered());
      return;
    }
    exchange.migrate(1);
  };
  const auto second = get("/2") + get("/3");
  SUBCASE("that comes with the first one's answer") {
    feed(get("/1") + second);
    CHECK(exchanges.size() == 2);
    CHECK_FALSE(stream->migration());
    respond(0, "1");
  }
  SUBCASE("that comes when the first one's answer has left") {
    feed(get("/1") + second);
    stream->set_kernel_room(10);
    respond(0, "1");
    CHECK_FALSE(stream->migration());
    stream->set_kernel_room(1000);
    shard.settle();
  }
  SUBCASE("although both came in one turn") {
    handle = [later = handle](Exchange& exchange) {
      exchange.request().target == "/1" ? exchange.respond(200, {}, "1") : later(exchange);
    };
    feed(get("/1") + second);
  }
  REQUIRE(stream->migration());
  CHECK(stream->migration()->unconsumed == second);
  CHECK(received() == ok("1"));
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "an application may answer from any thread") {
  feed(get("/"));
  auto responder = engineio::http::make_responder(exchanges[0], shard);
  SUBCASE("the shard's own") {
    responder.respond(200, "text/plain", "x");
    CHECK(exchanges[0]->answered());
  }
  SUBCASE("another one") {
    shard.current = false;
    responder.respond(200, "text/plain", "x");
    CHECK_FALSE(exchanges[0]->answered());
  }
  shard.settle();
  CHECK(received() == "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\nx");
}

TEST_CASE_FIXTURE(HttpConnectionFixture, "an application that forgets to answer answers 500") {
  feed(get("/"));
  static_cast<void>(engineio::http::make_responder(exchanges[0], shard));
  shard.settle();
  CHECK(received() == "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n");
}
