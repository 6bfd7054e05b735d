#include "adapters/classic/classic_adapter.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <stdexcept>

#include "adapters/classic/messages.hpp"
#include "socketio/codec.hpp"
#include "tests/adapters/classic/cluster_node.hpp"

using namespace tests;
using socketio::Adapter;
using socketio::BroadcastOptions;
using socketio::Writer;

namespace {

const auto hello = [](Writer& writer) { socketio::write_event(writer, "hello"); };
const std::string hello_packet = R"(2["hello"])";

/// What a server named `uid` publishes.
std::string broadcast_of(std::string_view uid, const BroadcastOptions& options = {},
                         std::string_view nsp = "/") {
  return adapters::classic::encode_broadcast(uid, nsp, hello, options);
}

constexpr const char* requests = "socket.io-request#/#";

}  // namespace

TEST_CASE("classic: subscribes once for a namespace, and leaves when it is closed") {
  ClusterNode node;
  CHECK(node.redis->take() == Commands{{"PSUBSCRIBE", "socket.io#/#*"},
                                       {"SUBSCRIBE", "socket.io-request#/#"},
                                       {"SUBSCRIBE", "socket.io-response#/#"},
                                       {"SUBSCRIBE", "socket.io-response#/#uid-00#"}});
  node.adapter().close();
  node.adapter().close();
  node.settle();
  CHECK(node.redis->take() == Commands{{"PUNSUBSCRIBE", "socket.io#/#*"},
                                       {"UNSUBSCRIBE", "socket.io-request#/#"},
                                       {"UNSUBSCRIBE", "socket.io-response#/#"},
                                       {"UNSUBSCRIBE", "socket.io-response#/#uid-00#"}});
}

TEST_CASE("classic: closed before Redis was told of it") {
  ClusterNode node;
  node.redis->take();
  node.world.set_current(World::none);
  node.adapter("/short").close();
  node.settle();
  CHECK(node.redis->take().empty());
}

TEST_CASE("classic: namespaces with characters of patterns are heard") {
  ClusterNode node;
  const auto client = node.join("/a*[b]?\\");
  node.deliver("socket.io#/a*[b]?\\#", broadcast_of("other1", {}, "/a*[b]?\\"));
  CHECK(take(*client.session).size() == 1);
  node.deliver("socket.io#/axb#", broadcast_of("other1", {}, "/axb"));
  CHECK(node.statistics().ignored == 0);
}

TEST_CASE("classic: what is sent reaches local clients at once, whatever Redis does") {
  ClusterNode node;
  const auto client = node.join();
  node.redis->take();
  node.redis->away = true;
  node.world.set_current(0);
  node.world.io().emit("hello");
  node.world.settle();  // Redis has had no turn yet
  CHECK(take(*client.session) == Texts{hello_packet});
  CHECK(node.published() == broadcast_of("uid-00"));
}

TEST_CASE("classic: channels of broadcasts") {
  ClusterNode node;
  node.redis->take();
  const auto channel = [&](const BroadcastOptions& options) {
    node.run([&] { node.adapter().broadcast(hello, options); });
    return node.redis->take().at(0).at(1);
  };
  CHECK(channel({}) == "socket.io#/#");
  CHECK(channel({.rooms = {"a"}}) == "socket.io#/#a#");
  CHECK(channel({.rooms = {"a"}, .except = {"b"}}) == "socket.io#/#a#");
  CHECK(channel({.rooms = {"a", "b"}}) == "socket.io#/#");
  CHECK(channel({.rooms = {socketio::numeric_room(5)}}) == "socket.io#/#5#");
  CHECK(channel({.rooms = {socketio::numeric_room(-0.5)}}) == "socket.io#/#-0.5#");
  CHECK(channel({.rooms = {""}}) == "socket.io#/##");
}

TEST_CASE("classic: local() concerns this server only") {
  ClusterNode node;
  const auto client = node.join();
  node.redis->take();
  const BroadcastOptions local{.local = true};
  std::optional<std::size_t> fetched;
  node.run([&] {
    node.adapter().broadcast(hello, local);
    node.adapter().sockets_join(local, {"a", "b"});
    node.adapter().sockets_leave(local, {"b"});
    node.adapter().fetch_sockets(
        local, [&](const Adapter::Descriptions& found) { fetched = found.sockets.size(); });
    node.world.io().local().emit_with_ack("hello", [](const socketio::AckResults&) {});
  });
  CHECK(take(*client.session) == Texts{hello_packet, "20[\"hello\"]"});
  CHECK(client.socket->rooms() == std::vector<std::string>{client.socket->id(), "a"});
  CHECK(fetched == 1);
  node.run([&] { node.adapter().disconnect_sockets(local, false); });
  CHECK(take(*client.session) == Texts{"1"});
  CHECK(node.redis->take().empty());
}

TEST_CASE("classic: own messages are skipped") {
  ClusterNode node;
  const auto client = node.join("/");
  node.redis->take();
  node.run([&] {
    node.adapter().broadcast(hello, {});
    node.adapter().sockets_join({}, {"a"});
    node.adapter().sockets_leave({}, {"a"});
    node.adapter().server_side_emit(hello, nullptr);
    node.world.io().emit_with_ack("hello", [](const socketio::AckResults&) {});
  });
  int events = 0;
  node.world.io().on_server_event("hello", [&] { ++events; });
  take(*client.session);
  node.run([&] { node.adapter().sockets_join({.local = true}, {"a"}); });
  for (const auto& command : node.redis->take()) {
    if (command[0] == "PUBLISH") {
      node.deliver(command[1], command[2]);
    }
  }
  CHECK(take(*client.session).empty());
  CHECK(client.socket->rooms().size() == 2);
  CHECK(events == 0);
  CHECK(node.statistics().received == 5);
  CHECK(node.statistics().own == 5);
}

TEST_CASE("classic: own messages are not decoded") {
  ClusterNode node;
  const std::string broadcast = broadcast_of("uid-00");
  node.deliver("socket.io#/#", broadcast.substr(0, broadcast.size() - 1));
  node.deliver(requests, R"({"uid":"uid-00",)");
  node.deliver(requests, "\x85\xa3uid\xa6uid-00");
  CHECK(node.statistics().own == 3);
  node.deliver("socket.io#/#", "\x94" + broadcast.substr(1) + '\0');  // of our uid, all the same
  node.deliver(requests, R"({"type":2,"opts":{},"rooms":["a"],"uid":"uid-00"})");
  CHECK(node.statistics().own == 5);
  CHECK(node.statistics().rubbish == 0);
}

TEST_CASE("classic: a channel of a room without local clients is not even decoded") {
  ClusterNode node;
  const auto client = node.join();
  node.deliver("socket.io#/#nobody#", "\xc1");
  CHECK(node.statistics().ignored == 1);
  CHECK(node.statistics().rubbish == 0);
  node.run([&] { client.socket->join("somebody"); });
  node.deliver("socket.io#/#somebody#", "\xc1");
  CHECK(node.statistics().rubbish == 1);
  node.deliver("socket.io#/#" + client.socket->id() + "#", "\xc1");
  CHECK(node.statistics().rubbish == 2);
}

TEST_CASE("classic: the rooms 5 and \"5\" share a channel and nothing else") {
  ClusterNode node;
  const auto number = node.join();
  const auto text = node.join();
  node.run([&] { number.socket->join(socketio::numeric_room(5)); });
  node.deliver("socket.io#/#5#", broadcast_of("other1", {.rooms = {"5"}}));
  CHECK(take(*number.session).empty());
  node.deliver("socket.io#/#5#", broadcast_of("other1", {.rooms = {socketio::numeric_room(5)}}));
  CHECK(take(*number.session).size() == 1);
  node.run([&] { text.socket->join("5"); });
  node.deliver("socket.io#/#5#", broadcast_of("other1", {.rooms = {"5"}}));
  CHECK(take(*number.session).empty());
  CHECK(take(*text.session).size() == 1);
}

TEST_CASE("classic: a message of another namespace on our channel") {
  ClusterNode node;
  const auto client = node.join("/x");
  node.run([&] { client.socket->join("y"); });
  node.deliver("socket.io#/x#y#", broadcast_of("other1", {}, "/x#y"));
  CHECK(take(*client.session).empty());
  CHECK(node.statistics().ignored == 1);
}

TEST_CASE("classic: an event that would break the connections of clients is dropped") {
  ClusterNode node;
  const auto client = node.join();
  const auto connect = [](Writer& writer) { socketio::write_event(writer, "connect"); };
  node.deliver("socket.io#/#", adapters::classic::encode_broadcast("other1", "/", connect, {}));
  CHECK(take(*client.session).empty());
  CHECK(node.statistics().rubbish == 1);
}

TEST_CASE("classic: joins, leaves and disconnects act at once here, and are told to others") {
  ClusterNode node;
  const auto client = node.join();
  node.redis->take();
  node.redis->away = true;
  node.run([&] { node.adapter().sockets_join({}, {"a", "b"}); });
  node.run([&] { node.adapter().sockets_leave({}, {"a"}); });
  CHECK(client.socket->rooms() == std::vector<std::string>{client.socket->id(), "b"});
  node.run([&] { node.adapter().disconnect_sockets({.rooms = {"b"}}, false); });
  CHECK(take(*client.session) == Texts{"1"});
  CHECK(
      node.redis->take() ==
      Commands{{"PUBLISH", requests,
                R"({"uid":"uid-00","type":2,"opts":{"rooms":[],"except":[]},"rooms":["a","b"]})"},
               {"PUBLISH", requests,
                R"({"uid":"uid-00","type":3,"opts":{"rooms":[],"except":[]},"rooms":["a"]})"},
               {"PUBLISH", requests,
                R"({"uid":"uid-00","type":4,"opts":{"rooms":["b"],"except":[]},"close":false})"}});
}

TEST_CASE("classic: several shards are one server") {
  ClusterNode node({}, "uid-00", 3);
  FakeSession& first = node.world.join("/", 0);
  FakeSession& last = node.world.join("/", 2);
  node.settle();
  node.redis->take();
  node.deliver("socket.io#/#", broadcast_of("other1"));
  CHECK(take(first).size() == 1);
  CHECK(take(last).size() == 1);
  node.run([&] { node.adapter().broadcast(hello, {}); });
  CHECK(take(first).size() == 1);
  CHECK(take(last).size() == 1);
  CHECK(node.redis->take().size() == 1);
  node.deliver(requests, R"({"uid":"other1","requestId":"req-00","type":0,"rooms":[]})");
  const auto response = socketio::Document::from_json(node.published());
  REQUIRE(response.has_value());
  CHECK(response->root()["sockets"].size() == 2);
}

TEST_CASE("classic: rubbish is dropped, counted, and reported once for each kind") {
  ClusterNode node;
  for (int i = 0; i < 3; ++i) {
    node.deliver("socket.io#/#", "\xc1");
    node.deliver(requests, "{");
  }
  CHECK(node.statistics().rubbish == 6);
  CHECK(node.reported ==
        std::vector<std::string>{
            "dropped a message of another server: a broadcast that is not MessagePack (reported "
            "once)",
            "dropped a message of another server: a request that is neither JSON nor MessagePack "
            "(reported once)"});
}

TEST_CASE("classic: options that make no sense") {
  CHECK_THROWS_AS((void)adapters::redis_adapter(nullptr), std::invalid_argument);
}
