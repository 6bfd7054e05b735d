#include "socketio/detail/connect_attempt.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <regex>

#include "tests/socketio/world.hpp"

using namespace socketio;
using namespace std::chrono_literals;
using tests::take;
using tests::Texts;
using tests::World;

namespace {

constexpr auto open_state = engineio::Session::State::open;

ParentNamespace& add_pattern(World& world, const char* pattern) {
  return world.core.registry().add_parent(
      [regex = std::regex(pattern)](const std::string& name, const Value&,
                                    const std::function<void(bool)>& next) {
        next(std::regex_search(name, regex));
      },
      true);
}

}  // namespace

TEST_CASE("a CONNECT is answered with the id of the socket") {
  World world;
  std::string id;
  world.io().on_connection([&](Socket& socket) {
    id = socket.id();
    CHECK(socket.connected());
    CHECK(socket.rooms() == Texts{socket.id()});
    CHECK_FALSE(socket.recovered());
  });
  auto& client = world.open();
  world.receive(client, "0");
  CHECK(take(client) == Texts{"0{\"sid\":\"" + id + "\"}"});
  CHECK(id.size() == 20);
  CHECK(id.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
        std::string::npos);
  CHECK(world.io().socket_count() == 1);
}

TEST_CASE("the answer names the namespace, with or without a comma in the CONNECT") {
  World world;
  world.of("/admin");
  for (const char* connect : {"0/admin,", "0/admin", "0/admin,{\"a\":1}"}) {
    auto& client = world.open();
    world.receive(client, connect);
    CHECK(take(client).front().starts_with("0/admin,{\"sid\":\""));
  }
  CHECK(world.of("/admin").socket_count() == 3);
}

TEST_CASE("an unknown namespace is refused and the connection stays") {
  World world;
  for (const unsigned protocol : {3U, 4U}) {
    auto& client = world.open(protocol);
    take(client);
    world.receive(client, "0/nope,");
    CHECK(take(client) == Texts{"4/nope,{\"message\":\"Invalid namespace\"}"});
    CHECK(client.state() == open_state);
  }
}

TEST_CASE("a name that is too long is an invalid namespace") {
  World world{{.limits = {.namespace_name_bytes = 5}}};
  world.of("/1234");
  world.of("/12345");
  auto& client = world.open();
  world.receive(client, "0/1234,");
  CHECK(take(client).front().starts_with("0/1234,"));
  world.receive(client, "0/12345,");
  CHECK(take(client) == Texts{"4/12345,{\"message\":\"Invalid namespace\"}"});
}

TEST_CASE("middlewares run in order, each when the one before calls next") {
  World world;
  Texts order;
  std::optional<Next> later;
  world.io().use([&](Socket& socket, Next next) {
    CHECK_FALSE(socket.connected());
    order.push_back("first");
    later = next;
  });
  world.io().use([&](Socket&, auto next) {
    order.push_back("second");
    next();
  });
  world.io().on_connection([&](Socket&) { order.push_back("connection"); });
  auto& client = world.open();
  world.receive(client, "0");
  CHECK(order == Texts{"first"});
  CHECK(client.sent.empty());

  world.run_on(0, [&] { (*later)(); });
  CHECK(order == Texts{"first", "second", "connection"});
  CHECK(client.sent.size() == 1);

  world.run_on(0, [&] { (*later)(); });  // again
  CHECK(order.size() == 3);
}

TEST_CASE("next may be called from another thread") {
  World world;
  std::optional<Next> later;
  world.io().use([&](Socket&, Next next) { later = next; });
  auto& client = world.open();
  world.receive(client, "0");
  world.run_elsewhere([&] { (*later)(); });
  CHECK(client.sent.size() == 1);
}

TEST_CASE("a middleware refuses with message and data") {
  World world;
  std::optional<Value> data;
  world.io().use([&](Socket& socket, Next next) {
    socket.join("room");
    next(ConnectError{"unauthorized", data});
  });
  auto& client = world.open();
  world.receive(client, "0");
  CHECK(take(client) == Texts{R"(4{"message":"unauthorized"})"});
  data = Value();
  world.receive(client, "0");
  CHECK(take(client) == Texts{R"(4{"message":"unauthorized","data":null})"});
  data = Object{{"code", 401}};
  world.receive(client, "0");
  CHECK(take(client) == Texts{R"(4{"message":"unauthorized","data":{"code":401}})"});
  CHECK(client.state() == open_state);
  CHECK(world.io().socket_count() == 0);
  CHECK(world.counters().refused_connects.value() == 3);

  std::vector<std::string> rooms{"not asked"};
  world.run_on(0, [&] {
    world.io().adapter().all_rooms([&](Adapter::RoomNames names) { rooms = names.rooms; });
  });
  CHECK(rooms.empty());
}

TEST_CASE("a middleware that throws refuses") {
  World world;
  world.io().use([](Socket&, const Next&) { throw std::runtime_error("secret"); });
  auto& client = world.open();
  world.receive(client, "0");
  CHECK(take(client) == Texts{R"(4{"message":"internal error"})"});
  CHECK(world.logged == Texts{"a middleware threw: secret"});
}

TEST_CASE("events of a middleware come before the CONNECT, broadcasts do not reach the socket") {
  World world;
  world.io().use([&](Socket& socket, const Next& next) {
    socket.join("room");
    socket.emit("early", 1);
    world.io().to("room").emit("missed");
    world.io().emit("missed");
    next();
  });
  world.io().on_connection([&](Socket&) { world.io().to("room").emit("news"); });
  auto& client = world.open();
  world.receive(client, "0");
  const Texts sent = take(client);
  REQUIRE(sent.size() == 3);
  CHECK(sent[0] == R"(2["early",1])");
  CHECK(sent[1].starts_with("0{"));
  CHECK(sent[2] == R"(2["news"])");
}

TEST_CASE("a connection that closes while a middleware runs is not joined") {
  World world;
  std::optional<Next> later;
  bool connected = false;
  world.io().use([&](Socket& socket, Next next) {
    socket.join("room");
    later = next;
  });
  world.io().on_connection([&](Socket&) { connected = true; });
  auto& client = world.open();
  world.receive(client, "0");
  world.run_on(0, [&] { client.end(engineio::CloseReason::transport_close); });
  world.run_on(0, [&] { (*later)(); });
  CHECK_FALSE(connected);
  CHECK(world.io().socket_count() == 0);
}

TEST_CASE("what is registered while a socket connects does not concern it") {
  World world;
  int runs = 0;
  world.io().use([&](Socket&, const Next& next) {
    world.io().use([&](Socket&, const Next& inner) {
      ++runs;
      inner();
    });
    next();
  });
  auto& client = world.open();
  world.receive(client, "0");
  CHECK(runs == 0);
  CHECK(client.sent.size() == 1);
}

TEST_CASE("connect_timeout closes a connection without a namespace") {
  World world{{.connect_timeout = 1s}};
  auto& idle = world.open();
  auto& joined = world.open();
  auto& left = world.open();
  auto& refused = world.open();
  world.receive(joined, "0");
  world.receive(left, "0", "1");
  world.receive(refused, "0/nope,");
  world.advance(999ms);
  CHECK(idle.state() == open_state);
  world.advance(1ms);
  CHECK(idle.state() == engineio::Session::State::closed);
  CHECK(refused.state() == engineio::Session::State::closed);
  CHECK(joined.state() == open_state);
  CHECK(left.state() == open_state);  // leaving does not start it again
}

TEST_CASE("parents are asked in order, and the first that accepts makes the child") {
  World world;
  auto& digits = add_pattern(world, "^/dyn-\\d+$");
  auto& all = add_pattern(world, "^/dyn-");
  Texts connected;
  digits.on_connection([&](Socket& s) { connected.push_back("digits " + s.nsp().name()); });
  all.on_connection([&](Socket& s) { connected.push_back("all " + s.nsp().name()); });
  Texts made;
  world.core.registry().add_observer([&](Namespace& nsp) { made.push_back(nsp.name()); });

  auto& client = world.open();
  world.receive(client, "0/dyn-1,");
  world.receive(client, "0/dyn-x,");
  world.receive(world.open(), "0/dyn-1,");
  CHECK(connected == Texts{"digits /dyn-1", "all /dyn-x", "digits /dyn-1"});
  CHECK(made == Texts{"/dyn-1", "/dyn-x"});
  CHECK(digits.name() == "/_0");
  CHECK(all.name() == "/_1");
  CHECK(digits.children().size() == 1);
}

TEST_CASE("a matcher sees name and auth and may answer later, from any thread") {
  World world;
  std::function<void(bool)> answer;
  world.core.registry().add_parent(
      [&](const std::string& name, const Value& auth, std::function<void(bool)> next) {
        CHECK(name == "/later");
        CHECK(auth["token"].as_string() == "x");
        answer = std::move(next);
      },
      false);
  auto& client = world.open();
  world.receive(client, "0/later,{\"token\":\"x\"}");
  CHECK(client.sent.empty());
  world.run_elsewhere([&] { answer(true); });
  CHECK(take(client).front().starts_with("0/later,"));
  world.run_elsewhere([&] { answer(true); });  // again
  CHECK(client.sent.empty());
  CHECK(world.of("/later").socket_count() == 1);
}

TEST_CASE("two clients that wait for the same dynamic namespace get one") {
  World world;
  std::vector<std::function<void(bool)>> answers;
  auto& parent = world.core.registry().add_parent(
      [&](const std::string&, const Value&, std::function<void(bool)> next) {
        answers.push_back(std::move(next));
      },
      false);
  world.receive(world.open(), "0/room,");
  world.receive(world.open(), "0/room,");
  world.run_on(0, [&] {
    answers.at(0)(true);
    answers.at(1)(true);
  });
  CHECK(parent.children().size() == 1);
  CHECK(world.of("/room").socket_count() == 2);
}

TEST_CASE("dynamic namespaces are limited") {
  World world{{.limits = {.dynamic_namespaces = 2}}};
  add_pattern(world, "^/dyn-");
  auto& client = world.open();
  world.receive(client, "0/dyn-1,", "0/dyn-2,");
  take(client);
  world.receive(client, "0/dyn-3,");
  CHECK(take(client) == Texts{"4/dyn-3,{\"message\":\"Invalid namespace\"}"});
  world.receive(world.open(), "0/dyn-1,");
  CHECK(world.of("/dyn-1").socket_count() == 2);
}

TEST_CASE("a client of protocol 3 is joined at once, and its ids come from the session") {
  World world;
  Value auth;
  world.of("/admin").on_connection([&](Socket& socket) {
    auth = socket.handshake().auth;
    CHECK(socket.id() == "/admin#engine-session-0");
  });
  world.io().on_connection([](Socket& socket) { CHECK(socket.id() == "engine-session-0"); });
  auto& client = world.open(3);
  CHECK(take(client) == Texts{"0"});
  world.receive(client, "0/admin?token=a%20b&x=1");
  CHECK(take(client) == Texts{"0/admin,"});
  CHECK(auth == Value(Object{{"token", "a b"}, {"x", "1"}}));
}

TEST_CASE("a client of protocol 3 gets the bare error") {
  World world;
  std::optional<Value> data;
  world.of("/mw").use([&](Socket&, const Next& next) { next(ConnectError{"bad", data}); });
  auto& client = world.open(3);
  take(client);
  world.receive(client, "0/mw,");
  CHECK(take(client) == Texts{R"(4/mw,"bad")"});
  data = Object{{"x", 1}};
  world.receive(client, "0/mw,");
  CHECK(take(client) == Texts{R"(4/mw,{"x":1})"});
}
