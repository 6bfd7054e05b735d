#include "engineio/core/engine.hpp"

#include <doctest/doctest.h>

#include "tests/support/engine_fixture.hpp"

using namespace engine_fixture;
using namespace std::chrono_literals;
using engineio::HttpHeaders;
using engineio::HttpRequest;
using support::FakeStream;

namespace {

constexpr std::string_view polling = "/engine.io/?EIO=4&transport=polling";

std::string json_error(int code, std::string_view message) {
  return "{\"code\":" + std::to_string(code) + ",\"message\":\"" + std::string(message) + "\"}";
}

}  // namespace

TEST_CASE("requests are Engine.IO's when their target begins with the path") {
  TestServer server;
  CHECK(server.get("/engine.io/anything?EIO=4&transport=polling").status == 200);
  for (const auto* target : {"/engine.io?EIO=4&transport=polling", "/ENGINE.IO/?transport=polling",
                             "//engine.io/?transport=polling", "/"}) {
    CHECK(server.get(target).status == 404);
  }
  TestServer bare({.path = "/my/", .add_trailing_slash = false});
  for (const auto* target : {"/my?EIO=4&transport=polling", "/myzz?EIO=4&transport=polling",
                             "/my/x?EIO=4&transport=polling"}) {
    CHECK(bare.get(target).status == 200);
  }
}

TEST_CASE("refusals have their code, message and context") {
  struct Case {
    std::string method;
    std::string target;
    int code;
    std::string message;
    std::string name;
    std::string detail;
  };
  const Case cases[] = {
      {"GET", "/engine.io/?EIO=4", 0, "Transport unknown", "", ""},
      {"GET", "/engine.io/?EIO=4&transport=POLLING", 0, "Transport unknown", "", "POLLING"},
      {"GET", "/engine.io/?EIO=4&transport=__proto__", 0, "Transport unknown", "", "__proto__"},
      {"GET", "/engine.io/?EIO=4&transport=webtransport", 0, "Transport unknown", "",
       "webtransport"},
      {"GET", "/engine.io/?EIO=4&transport=polling&sid=no", 1, "Session ID unknown", "", "no"},
      {"POST", "/engine.io/?EIO=4&transport=polling", 2, "Bad handshake method", "", "POST"},
      {"OPTIONS", "/engine.io/?EIO=4&transport=polling", 2, "Bad handshake method", "", "OPTIONS"},
      {"GET", "/engine.io/?EIO=4&transport=websocket", 3, "Bad request",
       "TRANSPORT_HANDSHAKE_ERROR", ""},
      {"GET", "/engine.io/?EIO=3&transport=polling", 5, "Unsupported protocol version", "", "3"},
      {"GET", "/engine.io/?transport=polling", 5, "Unsupported protocol version", "", ""},
      {"GET", "/engine.io/?EIO=4.0&transport=polling", 5, "Unsupported protocol version", "",
       "4.0"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.target);
    TestServer server;
    std::string seen;
    server.config.on_connection_error = [&](const engineio::ConnectionError& error) {
      seen = std::to_string(error.code) + " " + std::string(error.name) + " " +
             std::string(error.detail);
    };
    const Answer answer = server.request(c.method, c.target);
    CHECK(answer.status == 400);
    CHECK(answer.has("Content-Type: application/json\r\n"));
    CHECK(answer.body == json_error(c.code, c.message));
    CHECK(seen == std::to_string(c.code) + " " + c.name + " " + c.detail);
    CHECK(server.seen.empty());
    CHECK(server.engine.counters().requests_refused.value() == 1);
  }
}

TEST_CASE("a session is reached only by its own protocol and transport") {
  TestServer server;
  const std::string sid = server.open_polling();
  CHECK(server.poll(sid, "EIO=3").body == json_error(3, "Bad request"));
  server.open_websocket();
  const std::string other(server.last().session->id());
  CHECK(server.poll(other).body == json_error(3, "Bad request"));
  CHECK(server.get("/engine.io/?EIO=4&transport=websocket&sid=" + other).body ==
        json_error(3, "Bad request"));
}

TEST_CASE("methods without a meaning are 500, and the session lives") {
  TestServer server;
  const std::string sid = server.open_polling();
  for (const auto* method : {"OPTIONS", "PUT", "DELETE", "HEAD"}) {
    const Answer answer = server.request(method, std::string(polling) + "&sid=" + sid);
    CHECK(answer.status == 500);
    CHECK(answer.body.empty());
  }
  CHECK(server.post(sid, "4a").status == 200);
}

TEST_CASE("the query is decoded, and of a repeated parameter the last counts") {
  TestServer server;
  CHECK(server.get("/engine.io/?EI%4f=3&EIO=4&transport=x&transport=pollin%67&sid=").status == 200);
}

TEST_CASE("refused upgrades are answered with text and closed") {
  TestServer server;
  server.open_websocket("EIO=3");
  CHECK(server.upgrade_answer ==
        "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-type: text/html\r\n"
        "Content-Length: 28\r\n\r\nUnsupported protocol version");
  FakeStream& stream = server.open_websocket("EIO=4", "unknown");
  CHECK(server.upgrade_answer.ends_with("\r\n\r\nSession ID unknown"));
  CHECK(stream.closed());
}

TEST_CASE("an upgrade with transport=polling is accepted and closed") {
  TestServer server;
  FakeStream& stream = server.connect();
  const std::string answer = server.exchange(
      stream,
      "GET /engine.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\n"
      "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  CHECK(answer.starts_with("HTTP/1.1 101 "));
  CHECK(answer.ends_with("\r\n\r\n" + std::string(close_frame)));
  CHECK(server.seen.empty());
}

TEST_CASE("without the websocket transport an upgrade is an ordinary request") {
  TestServer server({.transports = {engineio::TransportName::polling}});
  server.open_websocket();
  CHECK(parse_answer(server.upgrade_answer).body == json_error(0, "Transport unknown"));
}

TEST_CASE("upgrades on foreign paths are closed after a second, without a word") {
  TestServer server;
  FakeStream& stream = server.connect();
  server.exchange(stream,
                  "GET /other HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\n"
                  "Upgrade: websocket\r\n\r\n");
  server.shard.advance(999ms);
  CHECK_FALSE(stream.closed());
  server.shard.advance(1ms);
  CHECK(stream.closed());
  CHECK(stream.sent().empty());
}

TEST_CASE("an abandoned upgrade on a foreign path leaves nothing behind") {
  TestServer server;
  FakeStream& stream = server.connect();
  server.exchange(stream,
                  "GET /other HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\n"
                  "Upgrade: websocket\r\n\r\n");
  const std::size_t timers = server.shard.timers().size();
  stream.end();
  server.shard.settle();
  CHECK(server.shard.timers().size() < timers);
}

TEST_CASE("allow_request decides, at once or later") {
  std::function<void(engineio::AllowDecision)> decide;
  engineio::Options options;
  options.allow_request = [&](const HttpRequest& request, auto answer) {
    CHECK(request.method == "GET");
    decide = answer;
  };
  TestServer server(options);
  FakeStream& stream = server.connect();
  const std::string request = "GET " + std::string(polling) + " HTTP/1.1\r\nHost: test\r\n\r\n";
  CHECK(server.exchange(stream, request).empty());

  SUBCASE("yes") {
    decide({});
    decide({.allowed = false});  // only the first counts
    server.shard.settle();
    CHECK(parse_answer(stream.take_sent()).status == 200);
    CHECK(server.seen.size() == 1);
  }
  SUBCASE("no") {
    decide({.allowed = false});
    server.shard.settle();
    const Answer answer = parse_answer(stream.take_sent());
    CHECK(answer.status == 403);
    CHECK(answer.body == json_error(4, "Forbidden"));
  }
  SUBCASE("no, with a reason") {
    decide({.allowed = false, .message = "not \"you\""});
    server.shard.settle();
    CHECK(parse_answer(stream.take_sent()).body == json_error(4, "not \\\"you\\\""));
  }
  SUBCASE("from another thread") {
    server.shard.current = false;
    decide({});
    CHECK(stream.sent().empty());
    server.shard.current = true;
    server.shard.settle();
    CHECK(parse_answer(stream.take_sent()).status == 200);
  }
  SUBCASE("after the client has gone") {
    stream.end();
    server.shard.settle();
    decide({});
    CHECK(server.seen.empty());
  }
}

TEST_CASE("allow_request is not asked about requests of a session") {
  int asked = 0;
  engineio::Options options;
  options.allow_request = [&](const HttpRequest&, auto decide) {
    ++asked;
    decide({});
  };
  TestServer server(options);
  const std::string sid = server.open_polling();
  server.post(sid, "4a");
  CHECK(asked == 1);
}

TEST_CASE("middlewares run in order, add headers, and may answer themselves") {
  std::string order;
  engineio::Options options;
  options.middlewares.push_back([&](const HttpRequest&, HttpHeaders& headers) {
    order += "1";
    headers.add("X-First", "1");
    return std::optional<engineio::HttpResponse>();
  });
  options.middlewares.push_back(
      [&](const HttpRequest& request, HttpHeaders&) -> std::optional<engineio::HttpResponse> {
        order += "2";
        if (request.headers.has("x-stop")) {
          return engineio::HttpResponse{.status = 503, .headers = {}, .body = "later"};
        }
        return std::nullopt;
      });
  TestServer server(options);
  const Answer passed = server.get(polling);
  CHECK(passed.status == 200);
  CHECK(passed.has("X-First: 1\r\n"));
  CHECK(order == "12");

  const Answer stopped = server.get(polling, "X-Stop: 1\r\n");
  CHECK(stopped.status == 503);
  CHECK(stopped.has("X-First: 1\r\n"));
  CHECK(stopped.body == "later");
  CHECK(server.seen.size() == 1);

  server.open_websocket();
  CHECK(server.upgrade_answer.find("X-First: 1\r\n") != std::string::npos);
}

TEST_CASE("CORS headers are on everything, preflights end there") {
  TestServer server({.cors = {.origin = "https://app.example"}});
  const std::string origin = "Origin: https://app.example\r\n";
  const std::string allowed = "Access-Control-Allow-Origin: https://app.example\r\n";
  CHECK(server.get(polling, origin).has(allowed));
  CHECK(server.get("/engine.io/?EIO=4", origin).has(allowed));
  const Answer preflight = server.request("OPTIONS", "/engine.io/", {}, origin);
  CHECK(preflight.status == 204);
  CHECK(preflight.has(allowed));
  server.open_websocket();
  CHECK(server.upgrade_answer.find(allowed) != std::string::npos);
  CHECK_FALSE(TestServer().get(polling, origin).has("Access-Control"));
}

TEST_CASE("the cookie is on the polling handshake only") {
  TestServer server({.cookie = engineio::Cookie{}});
  const Answer handshake = server.get(polling);
  const std::string sid(server.last().session->id());
  CHECK(handshake.has("Set-Cookie: io=" + sid + "; Path=/; HttpOnly; SameSite=Lax\r\n"));
  CHECK_FALSE(server.post(sid, "4a").has("Set-Cookie"));
  server.open_websocket();
  CHECK(server.upgrade_answer.find("Set-Cookie") == std::string::npos);
}

TEST_CASE("initial_headers once per session, headers on each response") {
  int initial = 0;
  int each = 0;
  engineio::Options options;
  options.initial_headers = [&](HttpHeaders& headers, const HttpRequest&) {
    headers.add("X-Initial", std::to_string(++initial));
  };
  options.headers = [&](HttpHeaders& headers, const HttpRequest&) {
    headers.add("X-Each", std::to_string(++each));
  };
  TestServer server(options);
  const Answer handshake = server.get(polling);
  CHECK(handshake.has("X-Initial: 1\r\n"));
  CHECK(handshake.has("X-Each: 1\r\n"));
  const Answer post = server.post(server.last().session->id(), "4a");
  CHECK_FALSE(post.has("X-Initial"));
  CHECK(post.has("X-Each: 2\r\n"));
  server.open_websocket();
  CHECK(server.upgrade_answer.find("X-Initial: 2\r\n") != std::string::npos);
  CHECK(server.upgrade_answer.find("X-Each: 3\r\n") != std::string::npos);
}

TEST_CASE("generate_id names the session, or refuses it") {
  engineio::Options options;
  std::optional<std::string> id = "mine";
  options.generate_id = [&](const HttpRequest&) { return id; };
  TestServer server(options);
  CHECK(server.get(polling).body.starts_with("0{\"sid\":\"mine\""));
  CHECK(server.get(polling).body == json_error(3, "Bad request"));  // taken
  id.reset();
  CHECK(server.get(polling).body == json_error(3, "Bad request"));
}

TEST_CASE("ids have 20 characters and differ") {
  TestServer server;
  const std::string first = server.open_polling();
  const std::string second = server.open_polling();
  CHECK(first.size() == 20);
  CHECK(first != second);
}

TEST_CASE("other requests go to the application: route, then fallback") {
  TestServer server;
  server.config.routes.push_back(
      {"POST", "/api", [](const HttpRequest& request, engineio::HttpResponder responder) {
         responder.respond(201, "text/plain", "api " + request.body);
       }});
  CHECK(server.request("POST", "/api?x=1", "data").body == "api data");
  CHECK(server.get("/api").status == 404);
  server.config.fallback = [](const HttpRequest& request, engineio::HttpResponder responder) {
    responder.respond(200, "text/plain", request.target);
  };
  CHECK(server.get("/api").body == "/api");
}

TEST_CASE("a session that is gone leaves nothing on the shard") {
  TestServer server;
  const std::string sid = server.open_polling();
  CHECK(server.engine.counters().sessions.value() == 1);
  CHECK(server.engine.counters().polling_sessions.value() == 1);
  server.start_poll(sid);
  server.post(sid, "1");
  CHECK(server.engine.counters().sessions.value() == 0);
  CHECK(server.engine.counters().polling_sessions.value() == 0);
}

TEST_CASE("after close() there are no sessions, and no new ones") {
  TestServer server;
  FakeStream& stream = server.open_websocket();
  server.engine.close();
  server.shard.settle();
  CHECK(server.last().reason == "forced close");
  CHECK(stream.take_sent() == close_frame);
  CHECK(server.get(polling).status == 400);
}

TEST_CASE("a request of another shard's session moves there, unread") {
  support::FakeShard shard(0);
  engineio::core::Config config({.threads = 2}, [](engineio::Session&) {
    return std::unique_ptr<engineio::SessionHandler>();
  });
  engineio::core::Engine engine(config, shard);
  engineio::http::DateClock date;
  engineio::http::ConnectionContext context{shard, config.options.limits, engine, date};
  FakeStream stream(shard);
  stream.set_receiver(std::make_unique<engineio::http::ServerConnection>(context, stream));

  std::array<std::byte, engineio::protocol::sid_entropy_size> random{};
  const auto sid = config.sid_codec.make(random, 1);
  const std::string request =
      "POST /engine.io/?EIO=4&transport=polling&sid=" + std::string(engineio::protocol::view(sid)) +
      " HTTP/1.1\r\nHost: test\r\nContent-Length: 2\r\n\r\n4a";
  stream.feed(request);
  REQUIRE(stream.migration());
  CHECK(stream.migration()->shard == 1);
  CHECK(stream.migration()->unconsumed == request);
}
