#include "apps/chat/server_options.hpp"

#include <doctest/doctest.h>

using namespace chat;
using namespace std::chrono_literals;
using engineio::AllowDecision;
using engineio::HttpRequest;

namespace {

using Strings = std::vector<std::string>;

HttpRequest request_from(std::string address, const Strings& forwarded_for = {}) {
  HttpRequest request{.method = "GET", .target = "/socket.io/"};
  request.remote_address = std::move(address);
  for (const std::string& value : forwarded_for) {
    request.headers.add("X-Forwarded-For", value);
  }
  return request;
}

engineio::Options options_for(const Settings& settings) {
  static ConnectionGate gate({});
  return engine_options(settings, gate);
}

}  // namespace

TEST_CASE("settings become options of the library") {
  Settings settings;
  settings.websocket.path = "/chat";
  settings.websocket.ping_interval = 1s;
  settings.websocket.transports = {"websocket"};
  settings.server.threads = 3;
  const engineio::Options options = options_for(settings);
  CHECK(options.path == "/chat");
  CHECK(options.ping_interval == 1s);
  CHECK(options.transports == std::vector{engineio::TransportName::websocket});
  CHECK(options.threads == 3);
  CHECK_FALSE(options.cors.enabled());
  CHECK_FALSE(options.per_message_deflate.has_value());
  CHECK(options.middlewares.empty());
}

TEST_CASE("origins may send cookies, but not all the world") {
  Settings settings;
  settings.websocket.cors_origins = {"https://a.example", "https://b.example"};
  CHECK(options_for(settings).cors.credentials);
  settings.websocket.cors_origins = {"*"};
  const engineio::Cors cors = options_for(settings).cors;
  CHECK(std::get<std::string>(cors.origin) == "*");
  CHECK_FALSE(cors.credentials);
}

TEST_CASE("the nest profile lets everybody in, from the origins of its gateway") {
  Settings settings;
  settings.profile = Profile::nest;
  settings.websocket.cors_origins = {"https://a.example"};
  const engineio::Options options = options_for(settings);
  CHECK_FALSE(options.allow_request);
  CHECK(options.cors.enabled());
  CHECK(std::holds_alternative<engineio::Cors::OriginList>(options.cors.origin));
}

TEST_CASE("the gate decides by the address of the client, which proxies may tell") {
  Settings settings;
  settings.server.trusted_proxies = 1;
  ConnectionGate gate({.clients = 0, .per_address = 1, .rate = {.points = 0, .duration = 1s}});
  gate.enter("192.0.2.1");
  const engineio::Options options = engine_options(settings, gate);
  const auto decide = [&](const HttpRequest& request) {
    AllowDecision decision;
    options.allow_request(request, [&](AllowDecision made) { decision = std::move(made); });
    return decision.allowed ? "allowed" : decision.message;
  };
  CHECK(decide(request_from("10.0.0.1", {"192.0.2.1"})) ==
        "Too many connections from this address");
  CHECK(decide(request_from("10.0.0.1", {"192.0.2.1", "192.0.2.2"})) == "allowed");
  CHECK(decide(request_from("192.0.2.1")) == "Too many connections from this address");
}

TEST_CASE("an address may come in several headers, and from nobody when no proxy is trusted") {
  CHECK(address_of(request_from("10.0.0.1", {"1.1.1.1", "2.2.2.2"}), 1) == "2.2.2.2");
  CHECK(address_of(request_from("10.0.0.1", {"1.1.1.1", "2.2.2.2"}), 2) == "1.1.1.1");
  CHECK(address_of(request_from("10.0.0.1", {"1.1.1.1"}), 0) == "10.0.0.1");
}

TEST_CASE("a disabled service answers 503") {
  Settings settings;
  settings.websocket.enabled = false;
  const engineio::Options options = options_for(settings);
  REQUIRE(options.middlewares.size() == 1);
  engineio::HttpHeaders headers;
  CHECK(options.middlewares.front()(request_from("10.0.0.1"), headers)->status == 503);
}
