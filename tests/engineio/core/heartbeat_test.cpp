#include "engineio/core/heartbeat.hpp"

#include <doctest/doctest.h>

#include "tests/support/fake_shard.hpp"

using namespace std::chrono_literals;

namespace {

struct Observer final : engineio::core::HeartbeatObserver {
  void on_ping_due() override { ++pings; }
  void on_heartbeat_lost() override { ++lost; }

  int pings = 0;
  int lost = 0;
};

struct Fixture {
  explicit Fixture(unsigned protocol = 4) : heartbeat(shard, observer, protocol, 300ms, 200ms) {
    heartbeat.start();
  }

  support::FakeShard shard;
  Observer observer;
  engineio::core::Heartbeat heartbeat;
};

}  // namespace

TEST_CASE("protocol 4: a ping is due after the interval, not earlier") {
  Fixture f;
  f.shard.advance(299ms);
  CHECK(f.observer.pings == 0);
  f.shard.advance(1ms);
  CHECK(f.observer.pings == 1);
}

TEST_CASE("protocol 4: without a pong the heartbeat is lost after the timeout, exactly") {
  Fixture f;
  f.shard.advance(499ms);
  CHECK(f.observer.lost == 0);
  f.shard.advance(1ms);
  CHECK(f.observer.lost == 1);
  CHECK(f.observer.pings == 1);
}

TEST_CASE("what the turn has taken before the ping is not taken from the time for the pong") {
  Fixture f;
  f.shard.turn_has_taken = 1s;
  f.shard.advance(300ms);
  CHECK(f.observer.pings == 1);
  f.shard.turn_has_taken = 0s;
  f.shard.advance(1199ms);
  CHECK(f.observer.lost == 0);
  f.shard.advance(1ms);
  CHECK(f.observer.lost == 1);
}

TEST_CASE("protocol 4: a pong begins the next interval") {
  Fixture f;
  f.shard.advance(400ms);
  CHECK(f.heartbeat.on_pong());
  f.shard.advance(299ms);
  CHECK(f.observer.pings == 1);
  f.shard.advance(1ms);
  CHECK(f.observer.pings == 2);
  CHECK(f.observer.lost == 0);
}

TEST_CASE("protocol 4: a pong nobody asked for begins the interval anew") {
  Fixture f;
  f.shard.advance(200ms);
  CHECK(f.heartbeat.on_pong());
  f.shard.advance(299ms);
  CHECK(f.observer.pings == 0);
  f.shard.advance(1ms);
  CHECK(f.observer.pings == 1);
}

TEST_CASE("protocol 4: another packet extends the wait for a pong once") {
  Fixture f;
  f.shard.advance(350ms);
  f.heartbeat.on_other_packet();  // now until 550 ms
  f.shard.advance(100ms);
  f.heartbeat.on_other_packet();  // no effect
  f.shard.advance(99ms);
  CHECK(f.observer.lost == 0);
  f.shard.advance(1ms);
  CHECK(f.observer.lost == 1);
}

TEST_CASE("protocol 4: packets do not put off the next ping") {
  Fixture f;
  f.shard.advance(299ms);
  f.heartbeat.on_other_packet();
  f.shard.advance(1ms);
  CHECK(f.observer.pings == 1);
}

TEST_CASE("protocol 4: each ping can be extended anew") {
  Fixture f;
  f.shard.advance(350ms);
  f.heartbeat.on_other_packet();
  CHECK(f.heartbeat.on_pong());
  f.shard.advance(300ms + 150ms);
  f.heartbeat.on_other_packet();
  f.shard.advance(199ms);
  CHECK(f.observer.lost == 0);
  f.shard.advance(1ms);
  CHECK(f.observer.lost == 1);
}

TEST_CASE("protocol 4 clients do not ping, protocol 3 clients do not pong") {
  CHECK_FALSE(Fixture(4).heartbeat.on_ping());
  CHECK_FALSE(Fixture(3).heartbeat.on_pong());
}

TEST_CASE("protocol 3: the client pings, or is lost after interval and timeout") {
  Fixture f(3);
  f.shard.advance(499ms);
  CHECK(f.heartbeat.on_ping());
  f.shard.advance(499ms);
  CHECK(f.observer.lost == 0);
  f.shard.advance(1ms);
  CHECK(f.observer.lost == 1);
  CHECK(f.observer.pings == 0);
}

TEST_CASE("a stopped heartbeat says nothing") {
  Fixture f;
  f.heartbeat.stop();
  f.shard.advance(1h);
  CHECK(f.observer.pings == 0);
  CHECK(f.observer.lost == 0);
}
