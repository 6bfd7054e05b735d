#include <doctest/doctest.h>

#include "tests/support/engine_fixture.hpp"

using namespace engine_fixture;
using namespace std::chrono_literals;
using engineio::AllowDecision;
using engineio::HttpRequest;
using engineio::Limits;
using support::FakeStream;

namespace {

constexpr std::string_view polling = "/engine.io/?EIO=4&transport=polling";
constexpr std::string_view peer = "::ffff:127.0.0.1";  // of a FakeStream

std::string forbidden(std::string_view message) {
  return "{\"code\":4,\"message\":\"" + std::string(message) + "\"}";
}

std::string refused_upgrade(std::string_view status, std::string_view message,
                            std::string_view retry_after = {}) {
  std::string text = "HTTP/1.1 " + std::string(status) +
                     "\r\nConnection: close\r\nContent-type: text/html\r\nContent-Length: " +
                     std::to_string(message.size());
  if (!retry_after.empty()) {
    text.append("\r\nRetry-After: ").append(retry_after);
  }
  return text.append("\r\n\r\n").append(message);
}

constexpr std::string_view too_many_sessions = "Too many sessions from this address";
constexpr std::string_view too_many_handshakes = "Too many handshakes from this address";

/// Sends a handshake and leaves the answer open.
FakeStream& begin_handshake(TestServer& server, std::string_view headers = {}) {
  FakeStream& stream = server.connect();
  stream.feed("GET " + std::string(polling) + " HTTP/1.1\r\nHost: test\r\n" + std::string(headers) +
              "\r\n");
  server.shard.settle();
  return stream;
}

}  // namespace

TEST_CASE("every handler is told the client's address") {
  std::string seen;
  engineio::Options options;
  options.trusted_proxies = {"127.0.0.1"};
  options.allow_request = [&](const HttpRequest& request, const auto& decide) {
    seen += "asked " + request.client_address() + " ";
    decide({});
  };
  TestServer server(options);
  server.config.fallback = [&](const HttpRequest& request, engineio::HttpResponder responder) {
    responder.respond(200, "text/plain", request.client_address() + " " + request.remote_address);
  };
  server.config.on_connection_error = [&](const engineio::ConnectionError& error) {
    seen += "refused " + error.request.client_address();
  };
  const std::string_view forwarded = "X-Forwarded-For: 6.6.6.6, 192.0.2.1\r\n";
  CHECK(server.get("/", forwarded).body == "192.0.2.1 " + std::string(peer));
  CHECK(server.get("/").body == std::string(peer) + " " + std::string(peer));
  server.get(polling, forwarded);
  CHECK(server.last().session->handshake().client_address() == "192.0.2.1");
  server.get("/engine.io/?EIO=4", forwarded);
  CHECK(seen == "asked 192.0.2.1 refused 192.0.2.1");
}

TEST_CASE("without trusted proxies the client is the peer") {
  TestServer server;
  server.get(polling, "X-Forwarded-For: 6.6.6.6\r\n");
  CHECK(server.last().session->handshake().client_address() == peer);
}

TEST_CASE("sessions of one address: at the limit, and one past it") {
  TestServer server({.limits = {.sessions_per_address = 2}});
  const std::string sid = server.open_polling();
  server.open_websocket();
  const Answer refused = server.get(polling);
  CHECK(refused.status == 429);
  CHECK(refused.has("Retry-After: 10\r\n"));
  CHECK(refused.has("Content-Type: application/json\r\n"));
  CHECK(refused.body == forbidden(too_many_sessions));
  const FakeStream& stream = server.open_websocket();
  CHECK(server.upgrade_answer == refused_upgrade("429 Too Many Requests", too_many_sessions, "10"));
  CHECK(stream.closed());
  CHECK(server.engine.counters().handshakes_limited.value() == 2);
  CHECK(server.engine.counters().requests_refused.value() == 2);

  CHECK(server.post(sid, "4a").status == 200);  // who is in goes on, and upgrades
  server.open_websocket("EIO=4", sid);
  CHECK(server.upgrade_answer.starts_with("HTTP/1.1 101 "));
}

TEST_CASE("a session that ends makes room for one") {
  TestServer server({.limits = {.sessions_per_address = 1}});
  for (int i = 0; i < 3; ++i) {
    const std::string sid = server.open_polling();
    CHECK(server.get(polling).status == 429);
    server.post(sid, "1");
    server.shard.settle();
    server.open_websocket();
    CHECK(server.get(polling).status == 429);
    server.last().session->discard_and_close();
    server.shard.settle();
  }
}

TEST_CASE("handshakes that come to nothing leave no session behind") {
  TestServer server({.limits = {.sessions_per_address = 1}});
  CHECK(server.get("/engine.io/?EIO=3&transport=polling").status == 400);
  server.open_websocket("EIO=3");
  FakeStream& stream = server.connect();
  server.exchange(stream,
                  "GET /engine.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: test\r\n"
                  "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  CHECK(server.get(polling).status == 200);
}

TEST_CASE("an undecided handshake has its place, until its client goes") {
  std::vector<std::function<void(AllowDecision)>> undecided;
  engineio::Options options;
  options.limits.sessions_per_address = 1;
  options.allow_request = [&](const HttpRequest&, auto decide) { undecided.push_back(decide); };
  TestServer server(options);
  FakeStream& gone = begin_handshake(server);
  CHECK(parse_answer(begin_handshake(server).take_sent()).status == 429);
  gone.end();
  server.shard.settle();
  FakeStream& refused = begin_handshake(server);
  CHECK(refused.sent().empty());
  undecided[0]({});
  undecided[1]({.allowed = false});
  server.shard.settle();
  CHECK(parse_answer(refused.take_sent()).status == 403);
  FakeStream& accepted = begin_handshake(server);
  undecided[2]({});
  server.shard.settle();
  CHECK(parse_answer(accepted.take_sent()).status == 200);
  CHECK(parse_answer(begin_handshake(server).take_sent()).status == 429);
}

TEST_CASE("handshakes of one address: at the limit, and one past it") {
  TestServer server({.limits = {.handshakes_per_address = {.per_second = 1, .burst = 2}}});
  const std::string sid = server.open_polling();
  CHECK(server.get("/engine.io/?EIO=4").status == 400);  // what is no handshake costs nothing
  CHECK(server.post(sid, "4a").status == 200);
  server.open_websocket();
  CHECK(server.upgrade_answer.starts_with("HTTP/1.1 101 "));
  const Answer refused = server.get(polling);
  CHECK(refused.status == 429);
  CHECK(refused.has("Retry-After: 1\r\n"));
  CHECK(refused.body == forbidden(too_many_handshakes));
  server.open_websocket();
  CHECK(server.upgrade_answer ==
        refused_upgrade("429 Too Many Requests", too_many_handshakes, "1"));
  server.shard.advance(999ms);
  CHECK(server.get(polling).status == 429);
  server.shard.advance(1ms);
  CHECK(server.get(polling).status == 200);
  CHECK(server.get(polling).status == 429);
  CHECK(server.engine.counters().handshakes_limited.value() == 4);
}

TEST_CASE("the limits are of the address behind the proxies") {
  TestServer server({.trusted_proxies = {"127.0.0.1"}, .limits = {.sessions_per_address = 1}});
  CHECK(server.get(polling, "X-Forwarded-For: 192.0.2.1\r\n").status == 200);
  CHECK(server.get(polling, "X-Forwarded-For: 192.0.2.1\r\n").status == 429);
  CHECK(server.get(polling, "X-Forwarded-For: 192.0.2.2\r\n").status == 200);
  CHECK(server.get(polling, "X-Forwarded-For: 2001:db8::1\r\n").status == 200);
  CHECK(server.get(polling, "X-Forwarded-For: 2001:db8::ffff:2\r\n").status == 429);
  CHECK(server.get(polling, "X-Forwarded-For: 2001:db8:0:1::1\r\n").status == 200);

  TestServer direct({.limits = {.sessions_per_address = 1}});
  CHECK(direct.get(polling, "X-Forwarded-For: 192.0.2.1\r\n").status == 200);
  CHECK(direct.get(polling, "X-Forwarded-For: 192.0.2.2\r\n").status == 429);
}

TEST_CASE("a decision about a request that was refused meanwhile opens no session") {
  std::function<void(engineio::AllowDecision)> decide = [](const auto&) {};
  engineio::Options options;
  options.allow_request = [&](const HttpRequest& request, auto its_decide) {
    if (request.headers.has("transfer-encoding")) {
      decide = its_decide;
    } else {
      its_decide({});
    }
  };
  TestServer server(options);
  FakeStream& stream = server.start_poll(server.open_polling());
  const std::string head = " HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n";
  // Its refusal has to wait behind the poll.
  server.exchange(stream, "GET " + std::string(polling) + head + "no length\r\n");
  decide({});
  CHECK(server.engine.counters().sessions.value() == 1);
}

TEST_CASE("origins that are not allowed open no session, over any transport") {
  TestServer server({.allowed_origins = {"https://app.example", std::regex("\\.good\\.example$")}});
  std::string seen;
  server.config.on_connection_error = [&](const engineio::ConnectionError& error) {
    seen = std::to_string(error.code) + " " + std::string(error.name) + " " +
           std::string(error.detail);
  };
  const Answer refused = server.get(polling, "Origin: https://evil.example\r\n");
  CHECK(refused.status == 403);
  CHECK(refused.body == forbidden("Forbidden origin"));
  CHECK(seen == "4 FORBIDDEN_ORIGIN https://evil.example");

  const std::string upgrade =
      "GET /engine.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: test\r\n"
      "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: ";
  FakeStream& stream = server.connect();
  CHECK(server.exchange(stream, upgrade + "https://evil.example\r\n\r\n") ==
        refused_upgrade("403 Forbidden", "Forbidden origin"));
  CHECK(stream.closed());
  CHECK(server.exchange(server.connect(), upgrade + "HTTPS://App.Example\r\n\r\n")
            .starts_with("HTTP/1.1 101 "));

  CHECK(server.get(polling, "Origin: https://app.example\r\n").status == 200);
  CHECK(server.get(polling, "Origin: https://a.good.example\r\n").status == 200);
  CHECK(server.get(polling, "Origin: \r\n").status == 403);
  CHECK(server.get(polling).status == 200);  // no browser
  CHECK(server.engine.counters().origins_refused.value() == 3);
  CHECK(server.engine.counters().requests_refused.value() == 3);
}

TEST_CASE("pages of others that send no origin open no session either") {
  TestServer server({.allowed_origins = {"https://app.example"}});
  const std::string script = std::string(polling) + "&j=0";
  CHECK(server.get(script).status == 403);
  CHECK(server.get(script, "Sec-Fetch-Site: cross-site\r\n").status == 403);
  CHECK(server.get(polling, "Sec-Fetch-Site: cross-site\r\n").status == 403);  // an image
  CHECK(server.get(polling, "Sec-Fetch-Site: same-site\r\n").status == 403);
  CHECK(server.engine.counters().origins_refused.value() == 4);

  CHECK(server.get(script, "Sec-Fetch-Site: same-origin\r\n").status == 200);
  CHECK(server.get(script, "Origin: https://app.example\r\n").status == 200);
  CHECK(server.get(polling, "Sec-Fetch-Site: same-origin\r\n").status == 200);
  CHECK(server.get(polling, "Sec-Fetch-Site: none\r\n").status == 200);
  CHECK(TestServer({.allowed_origins = {"*"}}).get(script).status == 200);
  CHECK(TestServer().get(script).status == 200);
}

TEST_CASE("an origin is checked before the application is asked, and only at the handshake") {
  int asked = 0;
  engineio::Options options;
  options.allowed_origins = {"https://app.example"};
  options.limits.handshakes_per_address = {.per_second = 1, .burst = 1};
  options.allow_request = [&](const HttpRequest&, const auto& decide) {
    ++asked;
    decide({});
  };
  TestServer server(options);
  CHECK(server.get(polling, "Origin: https://evil.example\r\n").status == 403);
  CHECK(asked == 0);
  const std::string sid = server.open_polling();  // the rate was not charged
  CHECK(asked == 1);
  CHECK(server
            .request("POST", std::string(polling) + "&sid=" + sid, "4a",
                     "Origin: https://evil.example\r\n")
            .status == 200);
}
