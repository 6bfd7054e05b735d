#include "socketio/detail/client.hpp"

#include <doctest/doctest.h>

#include <optional>

#include "tests/socketio/world.hpp"

using namespace socketio;
using tests::take;
using tests::Texts;
using tests::World;

namespace {

using State = engineio::Session::State;

/// Notes what happens to the sockets of all namespaces.
struct Log {
  explicit Log(World& world) {
    watch(world.io());
    watch(world.of("/custom"));
  }

  void watch(Namespace& nsp) {
    nsp.on_connection([this](Socket& socket) {
      const std::string prefix = socket.nsp().name() + " ";
      socket.on_error([this, prefix](const ConnectError& error) {
        lines.push_back(prefix + "error: " + error.message);
      });
      socket.on_disconnecting([this, prefix, &socket](std::string_view reason) {
        CHECK(socket.connected());
        CHECK(socket.rooms().size() == 1);
        lines.push_back(prefix + "disconnecting: " + std::string(reason));
      });
      socket.on_disconnect(
          [this, prefix, &socket](std::string_view reason, std::string_view description) {
            CHECK_FALSE(socket.connected());
            CHECK(socket.rooms().empty());
            lines.push_back(prefix + std::string(reason) +
                            (description.empty() ? "" : " (" + std::string(description) + ")"));
          });
      socket.on("event", [this, prefix](int n) { lines.push_back(prefix + std::to_string(n)); });
    });
  }

  Texts lines;
};

}  // namespace

TEST_CASE("an undecodable packet closes the connection with forced close") {
  World world;
  Log log(world);
  auto& client = world.join();
  world.receive(client, "0/custom,");
  world.receive(client, R"(2["a")");
  CHECK(client.state() == State::closed);
  CHECK(log.lines == Texts{"/ error: invalid payload", "/custom error: invalid payload",
                           "/ disconnecting: forced close", "/ forced close",
                           "/custom disconnecting: forced close", "/custom forced close"});
  CHECK(world.counters().invalid_packets.value() == 1);
  CHECK(world.counters().clients.value() == 0);
}

TEST_CASE("an undecodable packet on polling between two polls: it closes later") {
  World world;
  Log log(world);
  auto& client = world.join();
  client.poll_pending = false;
  world.receive(client, "9");
  CHECK(client.state() == State::closing);
  CHECK(log.lines == Texts{"/ error: unknown packet type 9"});
  world.run_on(0, [&] { client.end(engineio::CloseReason::forced_close); });
  CHECK(log.lines.back() == "/ forced close");
}

TEST_CASE("packets that the state does not allow close the connection") {
  for (const char* packet : {"0", R"(4{"message":"x"})", R"(2/custom,["event",1])", "1/custom,",
                             "3/custom,1[]", R"(2/unknown,["event",1])"}) {
    CAPTURE(packet);
    World world;
    Log log(world);
    auto& client = world.join();
    world.receive(client, packet);
    CHECK(client.state() == State::closed);
    CHECK(log.lines == Texts{"/ disconnecting: forced close", "/ forced close"});
    CHECK(client.sent.empty());
  }
}

TEST_CASE("an event before the CONNECT closes the connection") {
  World world;
  auto& client = world.open();
  world.receive(client, R"(2["event",1])");
  CHECK(client.state() == State::closed);
}

TEST_CASE("a transport that cannot be closed at once: forced server close") {
  World world;
  Log log(world);
  auto& client = world.join();
  client.poll_pending = false;
  world.receive(client, "0", R"(2["event",1])");
  CHECK(client.state() == State::closing);
  CHECK(log.lines == Texts{"/ disconnecting: forced server close", "/ forced server close"});
  world.run_on(0, [&] { client.end(engineio::CloseReason::forced_close); });
  CHECK(log.lines.size() == 2);
}

TEST_CASE("the reasons of the transport reach the sockets, in the order in which they joined") {
  World world;
  Log log(world);
  auto& client = world.join();
  world.receive(client, "0/custom,");
  world.run_on(0, [&] { client.end(engineio::CloseReason::transport_error, "details"); });
  CHECK(log.lines == Texts{"/ disconnecting: transport error", "/ transport error (details)",
                           "/custom disconnecting: transport error",
                           "/custom transport error (details)"});
}

TEST_CASE("a client leaves one namespace and stays in the other") {
  World world;
  Log log(world);
  auto& client = world.join();
  world.receive(client, "0/custom,");
  world.receive(client, "1/custom,");
  CHECK(log.lines == Texts{"/custom disconnecting: client namespace disconnect",
                           "/custom client namespace disconnect"});
  world.receive(client, R"(2["event",7])");
  CHECK(log.lines.back() == "/ 7");
  CHECK(client.state() == State::open);
}

TEST_CASE("packets for a namespace that was left in the same turn are dropped") {
  World world;
  Log log(world);
  auto& client = world.join();
  world.receive(client, "1", R"(2["event",1])", "1");
  CHECK(client.state() == State::open);
  CHECK(log.lines.back() == "/ client namespace disconnect");
  world.receive(client, R"(2["event",1])");  // a turn later it is an error
  CHECK(client.state() == State::closed);
}

TEST_CASE("a namespace can be joined again, also in the same turn") {
  World world;
  Log log(world);
  auto& client = world.join();
  world.receive(client, "1", "0", R"(2["event",1])");
  CHECK(client.state() == State::open);
  CHECK(take(client).size() == 1);
  CHECK(log.lines.back() == "/ 1");
  world.receive(client, R"(2["event",2])");
  CHECK(log.lines.back() == "/ 2");
  CHECK(world.io().socket_count() == 1);
}

TEST_CASE("a second CONNECT while a middleware runs is ignored, other packets are an error") {
  World world;
  std::optional<Next> later;
  int sockets = 0;
  world.io().use([&](Socket&, Next next) { later = next; });
  world.io().on_connection([&](Socket&) { ++sockets; });
  auto& client = world.open();
  world.receive(client, "0");
  world.receive(client, "0");
  CHECK(client.state() == State::open);
  world.run_on(0, [&] { (*later)(); });
  CHECK(sockets == 1);

  auto& hasty = world.open();
  world.receive(hasty, "0");
  world.receive(hasty, R"(2["event",1])");
  CHECK(hasty.state() == State::closed);
}

TEST_CASE("namespaces of one connection are limited") {
  World world{{.limits = {.namespaces_per_connection = 2}}};
  world.of("/a");
  world.of("/b");
  auto& client = world.join();
  world.receive(client, "0/a,");
  CHECK(client.state() == State::open);
  world.receive(client, "0/b,");
  CHECK(client.state() == State::closed);
}

TEST_CASE("binary attachments are put together") {
  World world;
  Log log(world);
  Texts got;
  world.io().handle("upload", [&](std::string name, Binary bytes) {
    got = {name, std::string(bytes.view())};
  });
  auto& client = world.join();
  world.receive(client, R"(51-["upload","x",{"_placeholder":true,"num":0}])");
  CHECK(got.empty());
  world.receive(client, std::string("binary:\x01\x02"));
  CHECK(got == Texts{"x", "\x01\x02"});
  world.receive(client, "binary:more");
  CHECK(log.lines.front() == "/ error: got binary data when not reconstructing a packet");
}

TEST_CASE("closing inside of a handler ends everything in order") {
  World world;
  Log log(world);
  world.io().handle("close", [](Socket& socket) { socket.connection()->close(); });
  auto& client = world.join();
  world.receive(client, R"(2["close"])", R"(2["event",1])");
  CHECK(log.lines == Texts{"/ disconnecting: forced close", "/ forced close"});
}

TEST_CASE("when the server closes, clients are not told") {
  World world;
  Log log(world);
  auto& client = world.join();
  world.receive(client, "0/custom,");
  take(client);
  bool closed = false;
  world.run_on(0, [&] { world.core.close([&] { closed = true; }); });
  CHECK(closed);
  CHECK(client.sent.empty());
  CHECK(client.state() == State::closed);
  CHECK(log.lines == Texts{"/ disconnecting: server shutting down", "/ server shutting down",
                           "/custom disconnecting: server shutting down",
                           "/custom server shutting down"});
  CHECK(world.open().state() == State::closed);
}

TEST_CASE("nothing is left behind") {
  World world;
  Log log(world);
  for (int i = 0; i < 10; ++i) {
    auto& client = world.join();
    world.receive(client, "0/custom,");
    world.run_on(0, [&] { client.end(engineio::CloseReason::transport_close); });
  }
  CHECK(world.counters().clients.value() == 0);
  CHECK(world.counters().sockets.value() == 0);
  CHECK(world.io().socket_count() == 0);
  CHECK(world.core.context(0).clients.empty());
}
