// Limits on what one client may do in a time.

#include "socketio/detail/client.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <utility>

#include "socketio/server.hpp"
#include "tests/socketio/connected.hpp"

using namespace socketio;
using namespace std::chrono_literals;
using tests::Connected;
using tests::FakeSession;
using tests::Texts;
using tests::World;

namespace {

using State = engineio::Session::State;

/// A client of a server whose attachments must come within a second.
struct Uploads {
  Uploads() : world({.limits = {.attachment_timeout = 1s}}), c(world) {
    c.socket->on("upload", [this](Arguments) { ++uploads; });
    c.socket->on_error([this](const ConnectError& error) { errors.push_back(error.message); });
  }

  void announce(int attachments) {
    c.receive("5" + std::to_string(attachments) + R"(-["upload"])");
  }
  void attach() { c.receive("binary:x"); }
  [[nodiscard]] bool open() const { return c.client->state() == State::open; }
  [[nodiscard]] auto invalid_packets() { return world.counters().invalid_packets.value(); }
  [[nodiscard]] auto timers() const { return world.shards[0]->timers().size(); }

  World world;
  Connected c;
  int uploads = 0;
  Texts errors;
};

Options at_most(std::uint32_t per_second, std::uint32_t burst) {
  return {.limits = {.events_per_connection = {.per_second = per_second, .burst = burst}}};
}

/// A server on which events are counted.
struct Events {
  explicit Events(Options options = {}) : world(std::move(options)) {
    world.io().handle("event", [this] { ++handled; });
  }

  /// Sends events one by one, each in a turn of its own. Returns how many were handled.
  int flood(FakeSession& client, int count) {
    const int before = handled;
    for (int i = 0; i < count; ++i) {
      world.receive(client, R"(2["event"])");
    }
    return handled - before;
  }
  [[nodiscard]] auto flooding_clients() { return world.counters().flooding_clients.value(); }

  World world;
  int handled = 0;
};

}  // namespace

TEST_SUITE("attachment_timeout") {
  TEST_CASE_FIXTURE(Uploads, "an attachment that comes in time, and one that does not") {
    announce(1);
    world.advance(1s - 1ms);
    attach();
    CHECK(uploads == 1);

    announce(1);
    world.advance(1s - 1ms);
    CHECK(open());
    world.advance(1ms);
    CHECK_FALSE(open());
    CHECK(uploads == 1);
    CHECK(errors == Texts{"an attachment did not come in time"});
    CHECK(invalid_packets() == 1);
    CHECK(timers() == 0);
  }

  TEST_CASE_FIXTURE(Uploads, "each attachment has the time for itself") {
    announce(3);
    for (int i = 0; i < 2; ++i) {
      world.advance(1s - 1ms);
      attach();
    }
    world.advance(1s - 1ms);
    CHECK(open());
    SUBCASE("the last one comes") {
      attach();
      CHECK(uploads == 1);
    }
    SUBCASE("the last one does not come") {
      world.advance(1ms);
      CHECK_FALSE(open());
    }
  }

  TEST_CASE_FIXTURE(Uploads, "complete packets may follow each other for ever, and leave nothing") {
    for (int i = 0; i < 20; ++i) {
      announce(1);
      attach();
      CHECK(timers() == 1);
      world.advance(300ms);
    }
    CHECK(uploads == 20);
    world.advance(1s);
    CHECK(timers() == 0);
    world.advance(1h);
    CHECK(open());
  }

  TEST_CASE_FIXTURE(Uploads, "a connection that closes meanwhile") {
    announce(1);
    world.run_on(0, [&] { c.client->end(engineio::CloseReason::transport_close); });
    CHECK(timers() == 0);
    world.advance(1h);
    CHECK(invalid_packets() == 0);
  }

  TEST_CASE_FIXTURE(Uploads,
                    "a polling client between two polls is closed as soon as that can be") {
    announce(1);
    c.client->poll_pending = false;
    world.advance(1s);
    CHECK(c.client->state() == State::closing);
    world.advance(1h);
    CHECK(invalid_packets() == 1);
  }

  TEST_CASE("also before a namespace is joined") {
    World world({.limits = {.attachment_timeout = 1s}});
    auto& client = world.open();
    world.receive(client, R"(51-["upload"])");
    world.advance(1s);
    CHECK(client.state() == State::closed);
  }

  TEST_CASE("no time is refused") {
    CHECK_THROWS_WITH_AS(World({.limits = {.attachment_timeout = 0ms}}),
                         "attachment_timeout must be above 0", std::invalid_argument);
  }
}

TEST_SUITE("events_per_connection") {
  TEST_CASE("off by default") {
    Events e;
    CHECK(e.flood(e.world.join(), 1'000) == 1'000);
  }

  TEST_CASE("at the limit the client stays, one event later it goes") {
    Events e(at_most(10, 5));
    World& world = e.world;
    auto& client = world.join();  // its CONNECT is the first
    CHECK(e.flood(client, 4) == 4);
    CHECK(client.state() == State::open);
    CHECK(e.flooding_clients() == 0);
    CHECK(e.flood(client, 1) == 0);
    CHECK(client.state() == State::closed);
    CHECK(e.flooding_clients() == 1);
    CHECK(world.core.statistics().flooding_clients == 1);
    CHECK(world.counters().invalid_packets.value() == 0);
  }

  TEST_CASE("what comes in the same turn behind the last one is not handled") {
    Events e(at_most(10, 3));
    World& world = e.world;
    auto& client = world.join();
    client.poll_pending = false;  // a POST with many packets
    const std::string event = R"(2["event"])";
    world.receive(client, event, event, event, event);
    CHECK(e.handled == 2);
    CHECK(client.state() == State::closing);
    CHECK(e.flooding_clients() == 1);
  }

  TEST_CASE("it refills at the rate, up to the burst") {
    Events e(at_most(10, 5));
    World& world = e.world;
    auto& client = world.join();
    CHECK(e.flood(client, 4) == 4);
    for (int i = 0; i < 50; ++i) {
      world.advance(100ms);
      CHECK(e.flood(client, 1) == 1);
    }
    world.advance(1h);
    CHECK(e.flood(client, 6) == 5);
    CHECK(client.state() == State::closed);
  }

  TEST_CASE("who joins again, or another namespace, gets no new allowance") {
    Events e(at_most(1, 10));
    World& world = e.world;
    auto& client = world.join();
    for (int i = 0; i < 9; ++i) {
      world.receive(client, "1", "0");
    }
    CHECK(client.state() == State::open);
    world.receive(client, "1", "0");
    CHECK(client.state() == State::closed);

    world.of("/custom");
    auto& other = world.join();
    world.receive(other, "0/custom,");
    CHECK(e.flood(other, 9) == 8);
  }

  TEST_CASE("answers do not count") {
    Events e(at_most(1, 2));
    World& world = e.world;
    Connected c(world);
    int answers = 0;
    for (int i = 0; i < 100; ++i) {
      c.run([&] { c.socket->emit_with_ack("ask", [&](const AckResult&) { ++answers; }); });
      c.receive("3" + std::to_string(i) + "[]");
    }
    CHECK(answers == 100);
    CHECK(c.client->state() == State::open);
  }

  TEST_CASE("the application hears of it, the log only of the first one") {
    Events e(at_most(1, 1));
    World& world = e.world;
    Texts heard;
    world.io().on_connection([&](Socket& socket) {
      socket.on_error([&](const ConnectError& error) { heard.push_back(error.message); });
      socket.on_disconnect([&](std::string_view reason) { heard.emplace_back(reason); });
    });
    for (int i = 0; i < 2; ++i) {
      world.receive(world.join(), R"(2["event"])");
    }
    CHECK(heard == Texts{"too many events", "forced close", "too many events", "forced close"});
    CHECK(
        world.logged ==
        Texts{"a client was disconnected that sent more events than events_per_connection allows"});
  }

  TEST_CASE("each connection has its own") {
    Events e(at_most(1, 5));
    World& world = e.world;
    auto& flooding = world.join();
    auto& other = world.join();
    CHECK(e.flood(flooding, 100) == 4);
    CHECK(e.flood(other, 4) == 4);
    CHECK(other.state() == State::open);
  }

  TEST_CASE("the end of the wait for attachments gives no new allowance either") {
    Options options = at_most(1, 10);
    options.limits.attachment_timeout = 10ms;
    Events e(options);
    auto& client = e.world.join();
    e.world.receive(client, R"(51-["event"])", "binary:x");
    e.world.advance(20ms);
    CHECK(e.flood(client, 9) == 8);
  }
}
