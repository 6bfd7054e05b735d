#include "socketio/broadcast_operator.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "tests/socketio/world.hpp"

using namespace socketio;
using namespace std::chrono_literals;
using tests::FakeSession;
using tests::take;
using tests::Texts;
using tests::World;

namespace {

/// Clients a, b, c, … in `/`, spread over the shards, with their sockets.
struct Clients {
  Clients(World& its_world, std::size_t count) : world(its_world) {
    world.io().on_connection(
        [this](Socket& socket) { sockets.push_back(socket.shared_from_this()); });
    for (std::size_t i = 0; i < count; ++i) {
      sessions.push_back(&world.join("/", i % world.shards.size()));
    }
  }

  void join(std::size_t client, RoomList rooms) {
    world.run_elsewhere([&] { sockets[client]->join(std::move(rooms)); });
  }

  /// Who got how many messages since the last time: "ab" means one each.
  std::string receivers() {
    std::string letters;
    for (std::size_t i = 0; i < sessions.size(); ++i) {
      letters.append(take(*sessions[i]).size(), static_cast<char>('a' + i));
    }
    return letters;
  }

  World& world;
  std::vector<FakeSession*> sessions;
  std::vector<std::shared_ptr<Socket>> sockets;
};

/// Every test runs on one shard, and with the clients spread over three.
constexpr std::size_t shard_counts[] = {1, 3};

}  // namespace

TEST_CASE("who gets a broadcast") {
  for (const std::size_t shards : shard_counts) {
    CAPTURE(shards);
    World world({}, shards);
    Clients c(world, 5);
    c.join(0, "x");
    c.join(1, {"x", "y"});
    c.join(2, "y");
    c.join(3, "z");
    auto& io = world.io();
    const auto receivers = [&](auto&& emit) {
      world.run_on(0, emit);
      return c.receivers();
    };
    CHECK(receivers([&] { io.emit("e"); }) == "abcde");
    CHECK(receivers([&] { io.to("x").emit("e"); }) == "ab");
    CHECK(receivers([&] { io.to("x").to("y").emit("e"); }) == "abc");
    CHECK(receivers([&] { io.in({"x", "y"}).except("y").emit("e"); }) == "a");
    CHECK(receivers([&] { io.except({"x", "z"}).emit("e"); }) == "ce");
    CHECK(receivers([&] { io.to("nowhere").emit("e"); }).empty());
    CHECK(receivers([&] { io.to(c.sockets[4]->id()).emit("e"); }) == "e");
    CHECK(receivers([&] { io.except(c.sockets[4]->id()).emit("e"); }) == "abcd");
    CHECK(receivers([&] { c.sockets[0]->broadcast().emit("e"); }) == "bcde");
    CHECK(receivers([&] { c.sockets[0]->to("x").emit("e"); }) == "b");
    CHECK(receivers([&] { c.sockets[0]->except("z").emit("e"); }) == "bce");
    CHECK(receivers([&] { io.local().to("z").emit("e"); }) == "d");
    CHECK(receivers([&] { io.to("y").emit("e", Binary("b")); }) == "bbcc");

    world.run_elsewhere([&] { io.to("y").emit("e"); });
    CHECK(c.receivers() == "bc");
  }
}

TEST_CASE("a room named like another socket's id is that socket's room") {
  World world;
  Clients c(world, 3);
  c.join(1, c.sockets[0]->id());
  world.run_on(0, [&] { world.io().to(c.sockets[0]->id()).emit("e"); });
  CHECK(c.receivers() == "ab");
  world.run_on(0, [&] { c.sockets[0]->disconnect(); });
  c.receivers();
  world.run_on(0, [&] { world.io().to(c.sockets[0]->id()).emit("e"); });
  CHECK(c.receivers() == "b");
}

TEST_CASE("an operator is a value that can be kept") {
  World world;
  Clients c(world, 2);
  c.join(0, "x");
  const BroadcastOperator x = world.io().to("x");
  const BroadcastOperator both = x.to(c.sockets[1]->id());
  world.run_on(0, [&] { x.emit("e"); });
  CHECK(c.receivers() == "a");
  world.run_on(0, [&] { both.volatile_().emit("e"); });
  CHECK(c.receivers() == "ab");
  CHECK(x.options().rooms == Texts{"x"});
  CHECK_FALSE(both.options().volatile_packet);
}

TEST_CASE("a listener that broadcasts while a broadcast is delivered") {
  World world;
  Clients c(world, 3);
  bool once = true;
  c.sockets[0]->on_any_outgoing([&](std::string_view, const Arguments&) {
    if (std::exchange(once, false)) {
      c.sockets[1]->disconnect();
      world.io().emit("inner");
    }
  });
  world.run_on(0, [&] { world.io().emit("outer"); });
  CHECK(take(*c.sessions[0]) == Texts{R"(2["inner"])", R"(2["outer"])"});
  CHECK(take(*c.sessions[1]) == Texts{"1"});
  CHECK(take(*c.sessions[2]) == Texts{R"(2["inner"])", R"(2["outer"])"});
}

TEST_CASE("sockets_join, sockets_leave, disconnect_sockets") {
  for (const std::size_t shards : shard_counts) {
    CAPTURE(shards);
    World world({}, shards);
    Clients c(world, 4);
    c.join(0, "x");
    c.join(1, "x");
    world.run_on(0, [&] { world.io().in("x").sockets_join({"p", "q"}); });
    world.run_on(0, [&] { world.io().to("p").emit("e"); });
    CHECK(c.receivers() == "ab");
    world.run_on(0, [&] { world.io().in(c.sockets[0]->id()).sockets_leave("q"); });
    world.run_on(0, [&] { world.io().to("q").emit("e"); });
    CHECK(c.receivers() == "b");
    world.run_on(0, [&] { world.io().except("x").disconnect_sockets(); });
    CHECK(take(*c.sessions[2]) == Texts{"1"});
    CHECK(c.sessions[3]->state() == engineio::Session::State::open);
    world.run_on(0, [&] { world.io().disconnect_sockets(true); });
    CHECK(c.sessions[0]->state() == engineio::Session::State::closed);
    CHECK(world.io().socket_count() == 0);
  }
}

TEST_CASE("fetch_sockets describes sockets, which can be reached from afar") {
  for (const std::size_t shards : shard_counts) {
    CAPTURE(shards);
    World world({}, shards);
    Clients c(world, 3);
    c.join(1, "x");
    c.join(2, "x");
    c.sockets[1]->data()["name"] = "b";
    std::optional<FetchResult> result;
    world.run_on(0, [&] {
      world.io().in("x").fetch_sockets([&](FetchResult fetched) { result = std::move(fetched); });
      CHECK_FALSE(result.has_value());  // not before the call has returned
    });
    REQUIRE(result.has_value());
    CHECK(result->error.empty());
    REQUIRE(result->sockets.size() == 2);
    const auto b =
        std::find_if(result->sockets.begin(), result->sockets.end(),
                     [&](const RemoteSocket& s) { return s.id() == c.sockets[1]->id(); });
    REQUIRE(b != result->sockets.end());
    CHECK(b->rooms() == Texts{c.sockets[1]->id(), "x"});
    CHECK(b->data()["name"].as_string() == "b");
    CHECK(b->handshake().url == c.sockets[1]->handshake().url);

    world.run_on(0, [&] {
      b->emit("e");
      b->join("y");
    });
    CHECK(c.receivers() == "b");
    world.run_on(0, [&] { world.io().to("y").emit("e"); });
    CHECK(c.receivers() == "b");
    std::optional<AckResults> answer;
    world.run_on(0, [&] {
      b->timeout(1s).emit_with_ack("ask", [&](AckResults r) { answer = std::move(r); });
    });
    world.receive(*c.sessions[1], R"(30["yes"])");
    REQUIRE(answer.has_value());
    CHECK(answer->responses == Array{"yes"});
    world.run_on(0, [&] { b->disconnect(); });
    CHECK(world.io().socket_count() == 2);
  }
}

TEST_CASE("a broadcast collects the first argument of each acknowledgement") {
  for (const std::size_t shards : shard_counts) {
    CAPTURE(shards);
    World world({}, shards);
    Clients c(world, 3);
    std::optional<AckResults> result;
    world.run_on(0, [&] {
      world.io().timeout(1s).emit_with_ack("ask", 1, [&](AckResults r) { result = std::move(r); });
    });
    CHECK(take(*c.sessions[2]) == Texts{R"(20["ask",1])"});
    world.receive(*c.sessions[2], R"(30["third",1])");
    world.receive(*c.sessions[0], "30[]");
    CHECK_FALSE(result.has_value());
    world.receive(*c.sessions[1], R"(30[{"a":1}])");
    REQUIRE(result.has_value());
    CHECK(result->error.empty());
    CHECK(result->responses == Array{"third", nullptr, Object{{"a", 1}}});
    CHECK(result->missing.empty());
  }
}

TEST_CASE("a broadcast that is not answered in time tells what it has and who is missing") {
  for (const std::size_t shards : shard_counts) {
    CAPTURE(shards);
    World world({}, shards);
    Clients c(world, 3);
    std::optional<AckResults> result;
    world.run_on(0, [&] {
      world.io().timeout(1s).emit_with_ack("ask", [&](AckResults r) { result = std::move(r); });
    });
    world.receive(*c.sessions[1], "30[7]");
    world.advance(999ms);
    CHECK_FALSE(result.has_value());
    world.advance(1ms);
    REQUIRE(result.has_value());
    CHECK(result->error == "operation has timed out");
    CHECK(result->responses == Array{7});
    Texts missing{c.sockets[0]->id(), c.sockets[2]->id()};
    std::sort(missing.begin(), missing.end());
    std::sort(result->missing.begin(), result->missing.end());
    CHECK(result->missing == missing);
    result.reset();
    world.receive(*c.sessions[0], "30[8]");  // late
    CHECK_FALSE(result.has_value());
    CHECK(world.core.context(0).broadcast_acks.empty());
  }
}

TEST_CASE("a broadcast with acknowledgements to nobody, from a thread that is no shard") {
  World world;
  std::optional<AckResults> result;
  world.run_elsewhere([&] {
    world.io().timeout(1s).emit_with_ack("ask", [&](AckResults r) { result = std::move(r); });
  });
  REQUIRE(result.has_value());
  CHECK(result->error.empty());
  CHECK(result->responses.empty());
  CHECK(world.core.context(0).broadcast_acks.empty());
}

TEST_CASE("without a timeout, a broadcast waits five seconds for its acknowledgements") {
  World world;
  Clients c(world, 1);
  std::optional<AckResults> result;
  world.run_on(0, [&] {
    world.io().local().emit_with_ack("ask", [&](AckResults r) { result = std::move(r); });
  });
  world.advance(4999ms);
  CHECK_FALSE(result.has_value());
  world.advance(1ms);
  CHECK(result.has_value());
}

TEST_CASE("what is sent to another shard waits there with its size") {
  const std::string text(1'000, 'x');
  World world({}, 2);
  Clients c(world, 2);
  const auto thousands = [&](const std::function<void()>& send) {
    const std::size_t before = world.shards[0]->bytes_posted;
    send();
    return (world.shards[0]->bytes_posted - before) / 1'000;
  };
  const auto ignore = [](AckResults) {};
  CHECK(thousands([&] { world.run_on(1, [&] { world.io().emit("n", 1); }); }) == 0);
  CHECK(thousands([&] { world.run_on(1, [&] { world.io().emit("n", text); }); }) == 1);
  CHECK(thousands([&] { world.run_elsewhere([&] { c.sockets[0]->emit("n", text); }); }) == 1);
  CHECK(thousands([&] { world.run_on(1, [&] { world.io().emit_with_ack("n", text, ignore); }); }) ==
        1);
  CHECK(thousands([&] { world.run_on(0, [&] { world.io().emit_with_ack("n", ignore); }); }) == 0);
  CHECK(thousands([&] {
          world.receive(*c.sessions[1], R"(31[{"an":["answer",")" + text + R"("]}])");
        }) == 1);
}

TEST_CASE("what one thread sends arrives in order, whatever the shards") {
  World world({}, 3);
  Clients c(world, 3);
  world.run_elsewhere([&] {
    for (int i = 0; i < 5; ++i) {
      world.io().emit("e", i);
      c.sockets[2]->emit("own", i);
    }
  });
  Texts expected;
  for (int i = 0; i < 5; ++i) {
    expected.push_back("2[\"e\"," + std::to_string(i) + "]");
    expected.push_back("2[\"own\"," + std::to_string(i) + "]");
  }
  CHECK(take(*c.sessions[2]) == expected);
}

TEST_CASE("a full mailbox loses packets, is counted and told once") {
  World world({}, 2);
  Clients c(world, 2);
  world.shards[1]->mailbox_full = true;
  world.run_on(0, [&] {
    world.io().emit("e");
    world.io().emit("e");
  });
  CHECK(c.receivers() == "aa");
  CHECK(world.logged.size() == 1);
}
