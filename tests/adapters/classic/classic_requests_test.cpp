#include "adapters/classic/classic_adapter.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>

#include "adapters/classic/messages.hpp"
#include "socketio/codec.hpp"
#include "tests/adapters/classic/cluster_node.hpp"
#include "tests/socketio/notation.hpp"

using namespace std::chrono_literals;
using namespace tests;
using socketio::Adapter;
using socketio::BroadcastOptions;
using socketio::Value;
using socketio::Writer;

namespace {

const auto hello = [](Writer& writer) { socketio::write_event(writer, "hello"); };
constexpr const char* requests = "socket.io-request#/#";
constexpr const char* responses = "socket.io-response#/#";

}  // namespace

TEST_CASE("classic: alone, requests are answered without asking anybody") {
  ClusterNode node;
  node.join();
  node.redis->take();
  std::optional<Adapter::Descriptions> sockets;
  std::optional<Adapter::RoomNames> rooms;
  std::optional<socketio::AckResults> answers;
  std::optional<std::size_t> servers;
  node.run([&] {
    node.adapter().fetch_sockets({}, [&](auto found) { sockets = std::move(found); });
    node.adapter().all_rooms([&](auto found) { rooms = std::move(found); });
    node.adapter().server_side_emit(hello, [&](auto found) { answers = std::move(found); });
    node.adapter().server_count([&](std::size_t count) { servers = count; });
  });
  CHECK(node.redis->take() == Commands(4, {"PUBSUB", "NUMSUB", requests}));
  REQUIRE((sockets && rooms && answers));
  CHECK((sockets->error + rooms->error + answers->error).empty());
  CHECK(sockets->sockets.size() == 1);
  CHECK(rooms->rooms.size() == 1);
  CHECK(answers->responses.empty());
  CHECK(servers == 1);
  CHECK(node.statistics().requests == 0);
}

TEST_CASE("classic: a request ends exactly at its timeout, with what has arrived") {
  ClusterNode node({.requests_timeout = 300ms}, "uid-00");
  const auto client = node.join();
  node.redis->other_subscribers = 3;
  std::optional<Adapter::Descriptions> result;
  bool of_caller = false;
  SUBCASE("of the adapter") {}
  SUBCASE("of the caller") { of_caller = true; }
  const auto timeout = of_caller ? 200ms : 300ms;
  const BroadcastOptions options{.timeout = of_caller ? std::optional(200ms) : std::nullopt};
  node.next_id = "req-00";
  node.run([&] {
    node.adapter().fetch_sockets(options, [&](auto found) { result = std::move(found); });
  });
  node.deliver(responses, R"({"requestId":"req-00","sockets":[{"id":"other"}]})");
  node.advance(timeout - 1ms);
  CHECK_FALSE(result.has_value());
  node.advance(1ms);
  REQUIRE(result.has_value());
  CHECK(result->error == "timeout reached while waiting for fetchSockets response");
  REQUIRE(result->sockets.size() == 2);
  CHECK(result->sockets[0].id == client.socket->id());
  CHECK(result->sockets[1].id == "other");
  CHECK(node.statistics().requests_timed_out == 1);
  const auto ignored = node.statistics().ignored;
  node.deliver(responses, R"({"requestId":"req-00","sockets":[{"id":"late"}]})");
  CHECK(node.statistics().ignored == ignored + 1);
}

TEST_CASE("classic: a timeout that is too long for the clock") {
  ClusterNode node;
  node.redis->other_subscribers = 2;
  int results = 0;
  node.run([&] {
    node.adapter().fetch_sockets({.timeout = std::chrono::milliseconds::max()},
                                 [&](const auto&) { ++results; });
  });
  node.advance(24h);
  CHECK(results == 0);
  node.advance(24 * 24h);
  CHECK(results == 1);
}

TEST_CASE("classic: requests while Redis is away") {
  ClusterNode node({.requests_timeout = 300ms});
  node.join();
  node.redis->away = true;
  std::optional<Adapter::Descriptions> sockets;
  std::optional<socketio::AckResults> answers;
  std::optional<std::size_t> servers;
  const auto ask = [&] {
    node.adapter().fetch_sockets({}, [&](auto found) { sockets = std::move(found); });
    node.adapter().server_side_emit(hello, [&](auto found) { answers = std::move(found); });
    node.adapter().server_count([&](std::size_t count) { servers = count; });
  };
  SUBCASE("and stays away") {
    node.run(ask);
    node.advance(299ms);
    CHECK_FALSE((sockets || answers || servers));
    node.advance(1ms);
    REQUIRE((sockets && answers));
    CHECK(sockets->error == "timeout reached while waiting for fetchSockets response");
    CHECK(answers->error == "timeout reached: Redis did not answer");
  }
  SUBCASE("and refuses") {
    node.redis->away = false;
    node.redis->other_subscribers = std::nullopt;
    node.run(ask);
    REQUIRE((sockets && answers));
    CHECK(sockets->error == "Redis did not say how many servers there are");
    CHECK(answers->error == sockets->error);
  }
  CHECK(sockets->sockets.size() == 1);
  CHECK(servers == 0);
}

TEST_CASE("classic: closing ends the requests that wait") {
  ClusterNode node;
  node.redis->other_subscribers = 2;
  std::vector<std::string> errors;
  node.run([&] {
    node.adapter().fetch_sockets({}, [&](const auto& found) { errors.push_back(found.error); });
    node.adapter().all_rooms([&](const auto& found) { errors.push_back(found.error); });
  });
  CHECK(errors.empty());
  node.adapter().close();
  CHECK(errors == std::vector<std::string>(2, "the adapter was closed"));
  node.run([&] {
    node.adapter().all_rooms([&](const auto& found) { errors.push_back(found.error); });
    node.world.io().emit_with_ack("hello", [](const socketio::AckResults&) {});
  });
  CHECK(errors.size() == 3);
  node.advance(10s);
}

TEST_CASE("classic: a broadcast collects the acknowledgements of all servers") {
  ClusterNode node;
  const auto client = node.join();
  node.redis->other_subscribers = 2;
  node.next_id = "req-00";
  std::optional<socketio::AckResults> results;
  node.run([&] {
    node.world.io().timeout(1s).emit_with_ack(
        "hello", [&](socketio::AckResults found) { results = std::move(found); });
  });
  node.world.receive(*client.session, R"(30["own"])");
  node.deliver(responses, R"({"type":9,"requestId":"req-00","packet":"theirs"})");
  CHECK_FALSE(results.has_value());
  SUBCASE("all") {
    node.deliver(responses, R"({"type":8,"requestId":"req-00","clientCount":1})");
    REQUIRE(results.has_value());
    CHECK(results->error.empty());
  }
  SUBCASE("one server says nothing") {
    node.advance(1s);
    REQUIRE(results.has_value());
    CHECK(results->error == socketio::ack_timed_out);
    node.deliver(responses, R"({"type":9,"requestId":"req-00","packet":"late"})");
    CHECK(node.statistics().ignored == 1);
  }
  CHECK(results->responses == std::vector<Value>{"own", "theirs"});
  CHECK(node.statistics().requests == 1);
}

TEST_CASE("classic: acknowledgements for another server are forgotten when it waits no more") {
  ClusterNode node({.requests_timeout = 5s});
  const auto client = node.join();
  BroadcastOptions options;
  bool late = false;
  SUBCASE("its timeout") { options.timeout = 300ms; }
  SUBCASE("ours, where it says none") {}
  SUBCASE("too late for its timeout") {
    options.timeout = 300ms;
    late = true;
  }
  SUBCASE("too late for ours") { late = true; }
  node.redis->take();
  node.deliver(requests, adapters::classic::encode_broadcast_with_ack("other1", "req-00", "/",
                                                                      hello, options));
  CHECK(node.published() == R"({"type":8,"requestId":"req-00","clientCount":1})");
  node.advance(options.timeout.value_or(5s) - (late ? 0ms : 1ms));
  node.world.receive(*client.session, R"(30["answer"])");
  CHECK(node.redis->take().size() == (late ? 0U : 1U));
}

TEST_CASE("classic: an event of another server is answered once, to all") {
  ClusterNode node({.publish_on_specific_response_channel = true});
  std::vector<socketio::Ack<>> acks;
  node.world.io().on_server_event("ask", [&](int number, socketio::Ack<> ack) {
    CHECK(number == 7);
    acks.push_back(ack);
  });
  node.redis->take();
  node.deliver(requests, R"({"uid":"other1","requestId":"req-00","type":6,"data":["ask",7]})");
  REQUIRE(acks.size() == 1);
  acks[0]("first", 2);
  acks[0]("second");
  node.settle();
  CHECK(node.redis->take() ==
        Commands{{"PUBLISH", responses, R"({"type":6,"requestId":"req-00","data":"first"})"}});
  node.deliver(requests, R"({"uid":"other1","type":6,"data":["ask",7]})");
  REQUIRE(acks.size() == 2);
  CHECK_FALSE(acks[1].requested());
}

TEST_CASE("classic: an answer that comes after the end goes nowhere") {
  ClusterNode node;
  std::optional<socketio::Ack<>> ack;
  node.world.io().on_server_event("ask", [&](socketio::Ack<> its_ack) { ack = its_ack; });
  node.deliver(requests, R"({"uid":"other1","requestId":"req-00","type":6,"data":["ask"]})");
  REQUIRE(ack.has_value());
  node.adapter().close();
  node.settle();
  node.redis->take();
  (*ack)("late");
  node.settle();
  CHECK(node.redis->take().empty());
}
