#include "socketio/detail/activities.hpp"

#include <doctest/doctest.h>

#include <optional>

#include "tests/socketio/connected.hpp"

using namespace socketio;
using namespace std::chrono_literals;
using tests::Connected;
using tests::Texts;
using tests::World;

namespace {

/// What others would be told of the shard of `world`, each time it is asked.
struct Told {
  explicit Told(World& world) : world_(world) {}
  void operator()() { texts.push_back(world_.shards[0]->activity().describe()); }
  Texts take() { return std::exchange(texts, {}); }

  Texts texts;

 private:
  World& world_;
};

}  // namespace

TEST_CASE("a shard tells the event that its handlers run for, and then nothing") {
  World world;
  Told told(world);
  Connected c(world);
  c.socket->on("message", [&] { told(); });
  world.io().handle("message", [&] { told(); });
  world.of("/chat").handle("42", [&] { told(); });
  c.receive(R"(2["message",1])");
  CHECK(told.take() == Texts{"`message` of `/`", "`message` of `/`"});
  world.receive(world.join("/chat"), R"(2/chat,[42])");
  CHECK(told.take() == Texts{"`42` of `/chat`"});
  told();
  CHECK(told.take() == Texts{""});
}

TEST_CASE("a shard tells what other code of the application it runs") {
  World world;
  Told told(world);
  world.of("/chat").use([&](Socket&, Next next) {
    told();
    next();
    told();
  });
  world.of("/chat").on_connection([&](Socket& socket) {
    told();
    socket.use([&](Event&, Next next) {
      told();
      next();
    });
    socket.on("x", [&] { told(); });
    socket.on_disconnect([&](std::string_view, std::string_view) { told(); });
    socket.emit_with_ack("question", [&](const AckResult&) { told(); });
    socket.timeout(1s).emit_with_ack("question", [&](const AckResult&) { told(); });
  });
  auto& session = world.join("/chat");
  CHECK(told.take() == Texts{"a middleware of `/chat`", "a connection handler of `/chat`",
                             "a middleware of `/chat`"});
  world.receive(session, R"(2/chat,["x"])");
  CHECK(told.take() == Texts{"a middleware of a socket of `/chat`", "`x` of `/chat`"});
  world.receive(session, R"(3/chat,0[])");
  CHECK(told.take() == Texts{"an acknowledgement callback of `/chat`"});
  world.advance(1s);
  CHECK(told.take() == Texts{"an acknowledgement callback of `/chat`"});
  session.end(engineio::CloseReason::transport_close);
  CHECK(told.take() == Texts{"a disconnect handler of `/chat`"});
}

TEST_CASE("a shard does not tell the query that old clients put behind a namespace") {
  World world;
  Told told(world);
  world.of("/chat").handle("x", [&] { told(); });
  auto& session = world.open(3);
  world.receive(session, "0/chat?token=secret");
  world.receive(session, R"(2/chat?token=secret,["x"])");
  CHECK(told.take() == Texts{"`x` of `/chat`"});
}

TEST_CASE("callbacks and events of servers are told as well") {
  World world;
  Told told(world);
  world.io().fetch_sockets([&](const FetchResult&) { told(); });
  world.settle();
  CHECK(told.take() == Texts{"a callback"});
  world.io().timeout(1s).emit_with_ack("question", [&](const AckResults&) { told(); });
  world.settle();
  world.advance(1s);
  CHECK(told.take() == Texts{"an acknowledgement callback of `/`"});
}
