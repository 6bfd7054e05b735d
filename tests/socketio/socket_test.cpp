#include "socketio/socket.hpp"

#include <doctest/doctest.h>

#include <memory>

#include "tests/socketio/connected.hpp"

using namespace socketio;
using tests::Connected;
using tests::take;
using tests::Texts;
using tests::World;

namespace {

using State = engineio::Session::State;

}  // namespace

// --- Flags --------------------------------------------------------------------------------------

TEST_CASE("volatile packets are dropped where the transport is not writable") {
  World world;
  Connected c(world);
  CHECK(c.run([&] {
    c.socket->volatile_().emit("v1");
    c.socket->emit("n1");
    c.socket->volatile_().emit("v2", Binary("x"));
    world.io().volatile_().emit("v3");
  }) == Texts{R"(2["v1"])", R"(2["n1"])"});
  CHECK(world.counters().volatile_dropped.value() == 2);
  CHECK(c.run([&] { c.socket->volatile_().emit("v4", Binary("x")); }).size() == 2);
  c.client->poll_pending = false;
  CHECK(c.run([&] { c.socket->volatile_().emit("v5"); }).empty());
}

TEST_CASE("compress(false) reaches the session, attachments included") {
  World world;
  Connected c(world);
  world.run_on(0, [&] {
    c.socket->emit("a");
    c.socket->compress(false).emit("b", Binary("x"));
    world.io().compress(false).emit("c");
  });
  CHECK(c.client->compressed == std::vector<bool>{true, false, false, false});
}

// --- Rooms and leaving --------------------------------------------------------------------------

TEST_CASE("rooms") {
  World world;
  Connected c(world);
  c.run([&] {
    c.socket->join({"a", "b"});
    c.socket->join("a");
  });
  CHECK(c.socket->rooms() == Texts{c.socket->id(), "a", "b"});
  c.run([&] { c.socket->leave("a"); });
  CHECK(c.socket->rooms() == Texts{c.socket->id(), "b"});
  c.run([&] { c.socket->leave(c.socket->id()); });
  CHECK(c.socket->rooms() == Texts{"b"});
  CHECK(c.run([&] { world.io().to(c.socket->id()).emit("x"); }).empty());
  c.run([&] { c.socket->join(c.socket->id()); });
  CHECK(c.run([&] { world.io().to(c.socket->id()).emit("x"); }).size() == 1);
}

TEST_CASE("rooms of a socket are limited") {
  World world{{.limits = {.rooms_per_socket = 2}}};
  Connected c(world);
  c.run([&] { c.socket->join({"a", "b"}); });
  CHECK(world.counters().refused_joins.value() == 0);
  c.run([&] { c.socket->join("c"); });
  CHECK(world.counters().refused_joins.value() == 1);
  CHECK(c.socket->rooms().size() == 3);
}

TEST_CASE("disconnect leaves the namespace and keeps the connection") {
  World world;
  Connected c(world);
  Texts reasons;
  c.socket->on_disconnect([&](std::string_view reason) { reasons.emplace_back(reason); });
  CHECK(c.run([&] {
    c.socket->disconnect();
    c.socket->disconnect();
    c.socket->emit("too late");
    c.socket->join("too late");
  }) == Texts{"1"});
  CHECK(reasons == Texts{"server namespace disconnect"});
  CHECK(c.client->state() == State::open);
  CHECK(c.socket->rooms().empty());
  CHECK(world.io().socket_count() == 0);
}

TEST_CASE("disconnect(true) leaves all namespaces in order and closes the connection") {
  World world;
  Texts reasons;
  for (const char* name : {"/", "/custom"}) {
    world.of(name).on_connection([&](Socket& socket) {
      socket.on_disconnect([&, nsp = socket.nsp().name()](std::string_view reason) {
        reasons.push_back(nsp + " " + std::string(reason));
      });
    });
  }
  Connected c(world);
  world.receive(*c.client, "0/custom,");
  take(*c.client);
  CHECK(c.run([&] { c.socket->disconnect(true); }) == Texts{"1", "1/custom,"});
  CHECK(reasons == Texts{"/ server namespace disconnect", "/custom server namespace disconnect"});
  CHECK(c.client->state() == State::closed);
}

TEST_CASE("emit, join and disconnect from a thread that is no shard") {
  World world;
  Connected c(world);
  world.run_elsewhere([&] {
    c.socket->join("room");
    world.io().to("room").emit("in order", 1);
    c.socket->emit("own", Binary("x"));
    c.socket->emit_with_ack("ask", [](const AckResult&) {});
    c.socket->disconnect();
  });
  CHECK(take(*c.client) == Texts{R"(2["in order",1])",
                                 R"(51-["own",{"_placeholder":true,"num":0}])", "binary:x",
                                 R"(20["ask"])", "1"});
}

TEST_CASE("handlers are destroyed when the socket has left, and not before they return") {
  World world;
  const auto token = std::make_shared<int>(1);
  std::weak_ptr<Socket> left;
  world.io().on_connection([&](Socket& socket) {
    left = socket.weak_from_this();
    socket.on("leave", [&socket, token, self = socket.shared_from_this()] {
      socket.disconnect(true);
      CHECK(*token == 1);
    });
    socket.on_any([token](std::string_view, const Arguments&) {});
    socket.on_disconnect([token] {});
    socket.use([token](Event&, const Next& next) { next(); });
    socket.on_error([token](const ConnectError&) {});
    socket.emit_with_ack("x", [token](const AckResult&) {});
  });
  auto& client = world.join();
  CHECK(token.use_count() == 7);
  world.receive(client, R"(2["leave"])");
  CHECK(token.use_count() == 1);
  CHECK(left.expired());
}

// --- What it is ---------------------------------------------------------------------------------

TEST_CASE("the handshake") {
  World world;
  std::shared_ptr<Socket> socket;
  world.io().on_connection([&](Socket& s) { socket = s.shared_from_this(); });
  auto& client = world.open(4, 0, "/socket.io/?EIO=4&transport=websocket&foo=b%20r");
  client.request.headers.add("Origin", "https://app.example");
  client.request.headers.add("X-Judge", "a");
  client.request.headers.add("X-Judge", "b");
  client.request.headers.add("Host", "one");
  client.request.headers.add("Host", "two");
  client.request.remote_address = "::ffff:127.0.0.1";
  client.request.secure = true;
  world.receive(client, R"(0{"token":"t"})");

  CHECK(socket->header("x-judge") == "a");
  world.run_on(0, [&] { client.end(engineio::CloseReason::transport_close); });
  world.sessions.clear();  // it stays available
  const Handshake& handshake = socket->handshake();
  CHECK(handshake.headers ==
        Value(Object{{"origin", "https://app.example"}, {"x-judge", "a, b"}, {"host", "one"}}));
  CHECK(handshake.address == "::ffff:127.0.0.1");
  CHECK(handshake.xdomain);
  CHECK(handshake.secure);
  CHECK(handshake.url == "/socket.io/?EIO=4&transport=websocket&foo=b%20r");
  CHECK(handshake.query == Value(Object{{"EIO", "4"}, {"transport", "websocket"}, {"foo", "b r"}}));
  CHECK(handshake.auth == Value(Object{{"token", "t"}}));
  CHECK(handshake.issued > 1'700'000'000'000);
  CHECK(handshake.time.ends_with("GMT+0000 (Coordinated Universal Time)"));
  CHECK(socket->header("Host") == "one");
  CHECK(socket->connection() == nullptr);
  CHECK(socket->transport() == engineio::TransportName::websocket);
}

TEST_CASE("data begins as an empty object, auth too") {
  World world;
  Connected c(world);
  CHECK(c.socket->data() == Value(Object{}));
  CHECK(c.socket->handshake().auth == Value(Object{}));
  CHECK(c.socket->protocol() == 4);
  c.socket->data()["user"] = "Ada";
  CHECK(c.socket->data()["user"].as_string() == "Ada");
}
