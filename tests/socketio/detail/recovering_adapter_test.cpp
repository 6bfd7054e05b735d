#include "socketio/detail/recovering_adapter.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>

#include "tests/socketio/world.hpp"

using namespace socketio;
using namespace std::chrono_literals;
using tests::FakeSession;
using tests::member;
using tests::take;
using tests::Texts;
using tests::World;

namespace {

Options recovering(bool skip_middlewares = true) {
  Options options;
  options.connection_state_recovery =
      Recovery{.max_disconnection_duration = 60s, .skip_middlewares = skip_middlewares};
  return options;
}

/// One client that comes and goes.
struct Client {
  explicit Client(World& its_world, std::size_t shard = 0) : world(its_world) {
    world.io().on_connection([this](Socket& s) { socket = s.shared_from_this(); });
    session = &world.open(4, shard);
    world.receive(*session, "0");
    const std::string answer = take(*session).front();
    id = member(answer, "sid");
    pid = member(answer, "pid");
  }

  /// What has come since the last time, without the offsets, the last of which is kept.
  Texts received() {
    Texts texts = take(*session);
    for (std::string& text : texts) {
      const auto last = text.rfind(",\"");
      if (text.starts_with("2") && last != std::string::npos && text.ends_with("\"]")) {
        offset = text.substr(last + 2, text.size() - last - 4);
        text.replace(last, std::string::npos, "]");
      }
    }
    return texts;
  }

  void lose(engineio::CloseReason reason = engineio::CloseReason::transport_close) {
    received();
    world.run_on(session->shard().index(), [&] { session->end(reason); });
  }

  void come_back(std::size_t shard = 0) {
    session = &world.open(4, shard);
    world.receive(*session, R"(0{"pid":")" + pid + R"(","offset":")" + offset + R"("})");
  }

  World& world;
  FakeSession* session = nullptr;
  std::shared_ptr<Socket> socket;
  std::string id;
  std::string pid;
  std::string offset;
};

std::string connect_answer(const Client& client) {
  return R"(0{"sid":")" + client.id + R"(","pid":")" + client.pid + R"("})";
}

}  // namespace

TEST_CASE("events carry an offset, but not volatile ones and not those with an ack") {
  World world(recovering());
  Client client(world);
  CHECK(client.pid.size() == 20);
  CHECK(client.pid != client.id);
  world.run_on(0, [&] { client.socket->volatile_().emit("volatile"); });
  CHECK(take(*client.session) == Texts{R"(2["volatile"])"});
  world.run_on(0, [&] {
    client.socket->emit("own", 1);
    world.io().emit("all", Binary("x"));
    client.socket->emit_with_ack("ask", [](const AckResult&) {});
  });
  const Texts sent = take(*client.session);
  REQUIRE(sent.size() == 4);
  CHECK(sent[0].starts_with(R"(2["own",1,")"));
  CHECK(sent[1].starts_with(R"(51-["all",{"_placeholder":true,"num":0},")"));
  CHECK(sent[3] == R"(20["ask"])");
}

TEST_CASE("a client that comes back gets what it missed, then its CONNECT") {
  for (const std::size_t shard : {0U, 1U}) {
    World world(recovering(), 2);
    int middlewares = 0;
    world.io().use([&](Socket&, const Next& next) {
      ++middlewares;
      next();
    });
    Client client(world);
    world.run_on(0, [&] {
      client.socket->join("room");
      client.socket->data()["user"] = "Ada";
      client.socket->emit("first");
    });
    client.received();
    client.lose();
    world.run_on(1, [&] {
      world.io().emit("missed", 1);
      world.io().to("room").emit("missed", 2);
      world.io().to("elsewhere").emit("not for it");
      world.io().except("room").emit("not for it");
      world.io().volatile_().emit("not kept");
      world.io().to(client.id).emit("missed", 3);
    });
    client.come_back(shard);
    CHECK(client.received() == Texts{R"(2["missed",1])", R"(2["missed",2])", R"(2["missed",3])",
                                     connect_answer(client)});
    CHECK(client.socket->recovered());
    CHECK(client.socket->id() == client.id);
    CHECK(client.socket->data()["user"].as_string() == "Ada");
    CHECK(client.socket->rooms() == Texts{client.id, "room"});
    CHECK(middlewares == 1);
    world.run_on(1, [&] { world.io().to("room").emit("live", 1); });
    CHECK(client.received() == Texts{R"(2["live",1])"});
  }
}

TEST_CASE("a session can be restored again and again, each time once") {
  World world(recovering());
  Client client(world);
  world.run_on(0, [&] { world.io().emit("first"); });
  client.lose();
  client.come_back();
  CHECK(client.received() == Texts{connect_answer(client)});
  FakeSession& thief = world.open();
  world.receive(thief, R"(0{"pid":")" + client.pid + R"(","offset":")" + client.offset + R"("})");
  const std::string answer = take(thief).front();
  CHECK(member(answer, "sid") != client.id);
  CHECK(member(answer, "pid") != client.pid);

  client.lose();
  world.run_on(0, [&] { world.io().emit("second"); });
  client.come_back();
  CHECK(client.received() == Texts{R"(2["second"])", connect_answer(client)});
}

TEST_CASE("what does not lead to a recovery gives a new session") {
  World world(recovering());
  Client client(world);
  world.run_on(0, [&] { world.io().emit("first"); });
  client.received();
  const std::string good_offset = client.offset;

  SUBCASE("an unknown pid") {
    client.lose();
    client.pid = "nope";
  }
  SUBCASE("an unknown offset") {
    client.lose();
    client.offset = "nope";
  }
  SUBCASE("no offset received yet") {
    client.lose();
    client.offset.clear();
  }
  SUBCASE("too late") {
    client.lose();
    world.advance(60s + 1ms);
  }
  SUBCASE("the client left") { world.receive(*client.session, "1"); }
  SUBCASE("the server sent it away") {
    world.run_on(0, [&] { client.socket->disconnect(true); });
  }
  SUBCASE("an undecodable Engine.IO packet") { client.lose(engineio::CloseReason::parse_error); }
  client.come_back();
  const Texts sent = client.received();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].starts_with("0{"));
  CHECK(member(sent[0], "sid") != client.id);
  CHECK_FALSE(client.socket->recovered());
}

TEST_CASE("pid and offset of other types are ignored") {
  World world(recovering());
  FakeSession& session = world.open();
  world.receive(session, R"(0{"pid":12,"offset":null})");
  CHECK(take(session).front().starts_with("0{"));
}

TEST_CASE("in time is in time") {
  World world(recovering());
  Client client(world);
  world.run_on(0, [&] { world.io().emit("first"); });
  client.lose();
  world.advance(60s);
  client.come_back();
  CHECK(client.socket->recovered());
}

TEST_CASE("middlewares can run for a recovered socket, and what comes meanwhile is not lost") {
  World world(recovering(false), 2);
  std::optional<Next> later;
  bool recovered = false;
  world.io().use([&](Socket& socket, Next next) {
    recovered = socket.recovered();
    if (recovered) {
      later = std::move(next);
    } else {
      next();
    }
  });
  Client client(world);
  world.run_on(0, [&] { world.io().emit("first"); });
  client.lose();
  world.run_on(0, [&] { world.io().emit("missed"); });
  client.come_back(1);
  CHECK(recovered);
  CHECK(client.session->sent.empty());
  world.run_on(0, [&] { world.io().emit("meanwhile"); });
  world.run_on(1, [&] { (*later)(); });
  CHECK(client.received() == Texts{R"(2["missed"])", R"(2["meanwhile"])", connect_answer(client)});
}

TEST_CASE("an event before the connection has no offset and is not kept") {
  World world(recovering());
  world.io().use([&](Socket& socket, const Next& next) {
    socket.emit("early");
    next();
  });
  FakeSession& session = world.open();
  world.receive(session, "0");
  CHECK(take(session).front() == R"(2["early"])");
}

TEST_CASE("after the server was closed the client may come back to it: sessions are saved") {
  World world(recovering());
  Client client(world);
  world.run_on(0, [&] { world.io().emit("first"); });
  client.received();
  Texts reasons;
  client.socket->on_disconnect([&](std::string_view reason) { reasons.emplace_back(reason); });
  world.run_on(0, [&] { world.core.close([] {}); });
  CHECK(reasons == Texts{"server shutting down"});
  std::optional<RestoredSession> restored;
  world.run_on(0, [&] {
    world.io().adapter().restore_session(client.pid, client.offset,
                                         [&](auto session) { restored = std::move(session); });
  });
  REQUIRE(restored.has_value());
  CHECK(restored->state.sid == client.id);
}

// --- Several shards, with deliveries that wait --------------------------------------------------

TEST_CASE("deliveries that still wait when a client comes back are not doubled") {
  World world(recovering(), 2);
  Client client(world, 1);
  world.run_on(0, [&] { world.io().emit("first"); });
  client.lose();

  // Logged, and on the way to shard 1, which has not looked yet.
  world.set_current(0);
  world.io().emit("waiting", 1);
  world.io().emit("waiting", 2);
  world.set_current(1);
  client.session = &world.open(4, 0);  // settles: so open first, then log again
  world.settle();
  client.received();

  FakeSession& back = *world.sessions.emplace_back(
      std::make_unique<FakeSession>(*world.shards[1], "engine-session-back", 4U));
  world.set_current(1);
  back.handler = world.core.accept(back);
  world.set_current(0);
  world.io().emit("waiting", 3);
  world.set_current(1);
  std::string connect = R"(0{"pid":")" + client.pid + R"(","offset":")" + client.offset + R"("})";
  back.handler->on_message(engineio::MessageKind::text, connect);
  world.set_current(0);
  world.io().emit("live", 4);
  world.settle();
  client.session = &back;
  CHECK(client.received() == Texts{R"(2["waiting",1])", R"(2["waiting",2])", R"(2["waiting",3])",
                                   connect_answer(client), R"(2["live",4])"});
}

TEST_CASE("a shard delivers what waits before its own") {
  World world(recovering(), 2);
  Client client(world, 1);
  client.socket->on("ask", [&] {
    world.io().emit("from its own shard");
    return "answer";
  });
  world.set_current(0);
  world.io().emit("from another shard");
  world.set_current(1);
  std::string ask = R"(21["ask"])";
  client.session->handler->on_message(engineio::MessageKind::text, ask);
  CHECK(client.received() ==
        Texts{R"(2["from another shard"])", R"(2["from its own shard"])", R"(31["answer"])"});
  world.settle();
  CHECK(client.session->sent.empty());
}

TEST_CASE("all shards deliver in the same order") {
  World world(recovering(), 3);
  Client a(world, 1);
  Client b(world, 2);
  for (int i = 0; i < 6; ++i) {
    world.set_current(static_cast<std::size_t>(i) % 3);
    world.io().emit("e", i);
    if (i == 3) {
      world.turn(1);
    }
  }
  world.settle();
  Texts expected;
  for (int i = 0; i < 6; ++i) {
    expected.push_back("2[\"e\"," + std::to_string(i) + "]");
  }
  CHECK(a.received() == expected);
  CHECK(b.received() == expected);
}
