#include "adapters/sharded/sharded_adapter.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "socketio/namespace.hpp"
#include "tests/adapters/cluster/bus_world.hpp"

using namespace adapters;
using namespace std::chrono_literals;
using tests::BusWorld;
using tests::Commands;
using tests::Texts;

namespace {

constexpr auto sharded_kind = tests::FakeClient::ChannelKind::sharded;

std::string broadcast(const std::string& rooms = "", const std::string& uid = "x") {
  return R"({"type":3,"data":{"packet":{"type":2,"data":["hello"]},"opts":{"rooms":[)" + rooms +
         R"(],"except":[],"flags":{}}},"uid":")" + uid + R"(","nsp":"/"})";
}

}  // namespace

TEST_CASE("one process is one node: published once, heard once, delivered on all shards") {
  BusWorld bus(tests::on_sharded_bus(), 3);
  std::vector<tests::FakeSession*> clients;
  for (std::size_t shard = 0; shard < 3; ++shard) {
    clients.push_back(&bus.join(shard));
    bus.world->receive(*clients.back(), R"(2["ignored"])");
  }
  bus.run([&] {
    for (std::size_t shard = 0; shard < 3; ++shard) {
      bus.world->io().sockets_join("room");
    }
  });
  const Commands commands = bus.client.take();
  CHECK(std::count(commands.begin(), commands.end(),
                   tests::FakeClient::Command{"SSUBSCRIBE", "socket.io#/#room#"}) == 1);

  bus.run([&] { bus.world->io().to("room").emit("hello"); });
  CHECK(bus.client.take() ==
        Commands{{"SPUBLISH", "socket.io#/#room#", broadcast(R"("room")", "node-1")}});
  for (tests::FakeSession* client : clients) {
    CHECK(tests::take(*client) == Texts{R"(2["hello"])"});
  }
  bus.deliver("socket.io#/#room#", broadcast(R"("room")", "node-1"), sharded_kind);  // our own
  CHECK(clients[0]->sent.empty());
  CHECK(bus.monitor->statistics().own == 1);
  bus.deliver("socket.io#/#room#", broadcast(R"("room")"), sharded_kind);
  for (tests::FakeSession* client : clients) {
    CHECK(tests::take(*client) == Texts{R"(2["hello"])"});
  }
}

TEST_CASE("local delivery does not wait for Redis") {
  BusWorld bus(tests::on_sharded_bus());
  tests::FakeSession& client = bus.join();
  bus.client.away = true;
  bus.world->set_current(0);
  bus.world->io().emit("hello");
  CHECK(tests::take(client) == Texts{R"(2["hello"])"});
  bus.settle();
}

TEST_CASE("the rooms 5 and \"5\" share a channel") {
  BusWorld bus(tests::on_sharded_bus());
  bus.join();
  const std::string five = socketio::numeric_room(5);
  (void)bus.client.take();
  bus.run([&] { bus.world->io().sockets_join({five, "5"}); });
  bus.run([&] { bus.world->io().sockets_leave(five); });
  CHECK(bus.client.subscribed(sharded_kind, "socket.io#/#5#"));
  bus.run([&] { bus.world->io().sockets_leave("5"); });
  CHECK_FALSE(bus.client.subscribed(sharded_kind, "socket.io#/#5#"));
}

TEST_CASE("a room and a namespace that share a channel") {
  BusWorld bus(tests::on_sharded_bus());
  bus.world->of("/a");
  bus.world->of("/a#b");
  tests::FakeSession& client = bus.world->join("/a");
  bus.settle();
  bus.run([&] { bus.world->of("/a").sockets_join("b"); });
  bus.deliver("socket.io#/a#b#",
              R"({"type":3,"data":{"packet":{"type":2,"data":["hello"]},"opts":{"rooms":["b"],)"
              R"("except":[]}},"uid":"x","nsp":"/a"})",
              sharded_kind);
  CHECK(tests::take(client) == Texts{R"(2/a,["hello"])"});
  bus.close();
  CHECK(bus.client.subscriptions() == 0);
}

TEST_CASE("requests while Redis does not count, and when the adapter is closed") {
  BusWorld bus(tests::on_sharded_bus());
  bus.join();
  std::optional<socketio::FetchResult> found;
  std::optional<socketio::AckResults> answers;
  const auto ask = [&] {
    bus.run([&] {
      bus.world->io().fetch_sockets([&](socketio::FetchResult r) { found = std::move(r); });
      bus.world->io().server_side_emit_with_ack(
          "event", [&](socketio::AckResults r) { answers = std::move(r); });
    });
  };
  SUBCASE("it says that it does not know") {
    bus.client.other_subscribers = std::nullopt;
    ask();
    REQUIRE((found && answers));
    CHECK(found->error == cluster::servers_unknown);
    CHECK(answers->error == cluster::servers_unknown);
  }
  SUBCASE("it does not answer") {
    bus.client.away = true;
    ask();
    bus.client.advance(4'999ms);
    bus.settle();
    CHECK_FALSE((found || answers));
    bus.client.advance(1ms);
    bus.settle();
    REQUIRE((found && answers));
    CHECK(found->error == "timeout reached: the other servers could not be counted");
    CHECK(answers->error == "timeout reached: the other servers could not be counted");
    CHECK(bus.monitor->statistics().requests_timed_out == 2);
  }
  SUBCASE("the adapter is closed meanwhile") {
    bus.client.other_subscribers = 2;
    ask();
    CHECK_FALSE((found || answers));
    bus.world->io().adapter().close();
    bus.settle();
    REQUIRE((found && answers));
    CHECK(found->error == cluster::adapter_closed);
    CHECK(answers->error == cluster::adapter_closed);
  }
  SUBCASE("the adapter was closed before") {
    bus.world->io().adapter().close();
    bus.settle();
    ask();
    REQUIRE((found && answers));
    CHECK(found->error == cluster::adapter_closed);
  }
  if (found && found->error != cluster::adapter_closed) {
    CHECK(found->sockets.size() == 1);  // those of this server, in any case
  }
}

TEST_CASE("partial results are handed over") {
  BusWorld bus(tests::on_sharded_bus());
  bus.join();
  bus.client.other_subscribers = 3;
  std::optional<socketio::FetchResult> found;
  bus.run([&] {
    bus.world->io().timeout(300ms).fetch_sockets(
        [&](socketio::FetchResult r) { found = std::move(r); });
  });
  bus.deliver("socket.io#/#node-1#",
              R"({"type":8,"data":{"requestId":"node-2","sockets":[{"id":"far"},{"no":"id"}]},)"
              R"("uid":"x","nsp":"/"})",
              sharded_kind);
  CHECK_FALSE(found.has_value());
  bus.client.advance(300ms);
  bus.settle();
  REQUIRE(found.has_value());
  CHECK(found->error == "timeout reached: only 1 responses received out of 2");
  REQUIRE(found->sockets.size() == 2);
  CHECK(found->sockets[1].id() == "far");
}

TEST_CASE("clients owe a broadcast of another node no answer after its timeout") {
  BusWorld bus(tests::on_sharded_bus());
  tests::FakeSession& client = bus.join();
  (void)bus.client.take();
  bus.deliver("socket.io#/#",
              R"({"type":3,"data":{"packet":{"type":2,"data":["ask"]},"requestId":"r","opts":)"
              R"({"rooms":[],"except":[],"flags":{"timeout":100}}},"uid":"x","nsp":"/"})",
              sharded_kind);
  CHECK(bus.client.take().size() == 1);  // how many were asked
  REQUIRE(client.sent.size() == 1);
  const std::string id = client.sent[0].substr(1, client.sent[0].find('[') - 1);
  bus.client.advance(100ms);
  bus.settle();
  bus.world->receive(client, "3" + id + "[1]");
  bus.settle();
  CHECK(bus.client.take().empty());
}

TEST_CASE("nothing reaches a server that is closed") {
  BusWorld bus(tests::on_sharded_bus({.subscription_mode = SubscriptionMode::dynamic_private}));
  bus.join();
  bus.run([&] { bus.world->io().sockets_join("room"); });
  CHECK(bus.client.subscriptions() == 4);
  bus.world->io().adapter().close();
  // Under way when it was closed.
  bus.client.deliver("socket.io#/#", broadcast(), sharded_kind);
  bus.settle();
  CHECK(bus.client.subscriptions() == 0);
  bus.run([&] { bus.world->io().sockets_leave("room"); });
  bus.run([&] { bus.world->io().emit("hello"); });
}

TEST_CASE("options of the sharded adapter that make no sense") {
  tests::FakeClient client;
  CHECK_THROWS_AS((void)sharded::make_bus(client, {.channel_prefix = ""}), std::invalid_argument);
  CHECK_THROWS_AS((void)sharded::make_bus(client, {.requests_timeout = 0ms}),
                  std::invalid_argument);
  CHECK_NOTHROW((void)sharded::make_bus(client, {.requests_timeout = 1ms}));
  CHECK_THROWS_AS((void)sharded_adapter(nullptr), std::invalid_argument);
}
