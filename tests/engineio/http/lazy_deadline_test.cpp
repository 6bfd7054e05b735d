#include "engineio/http/lazy_deadline.hpp"

#include <doctest/doctest.h>

#include "tests/support/fake_shard.hpp"

using engineio::http::LazyDeadline;
using namespace std::chrono_literals;

namespace {

struct Fixture {
  support::FakeShard shard;
  int reached = 0;
  LazyDeadline deadline{shard.timers(), [this] { ++reached; }};

  void set(engineio::Clock::duration in) { deadline.set(shard.now() + in); }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a deadline is reached once, exactly in time") {
  set(10s);
  shard.advance(10s - 1ns);
  CHECK(reached == 0);
  shard.advance(1ns);
  CHECK(reached == 1);
  shard.advance(1h);
  CHECK(reached == 1);
}

TEST_CASE_FIXTURE(Fixture, "a deadline may be put off, brought forward and lifted") {
  set(10s);
  set(20s);
  shard.advance(19s);
  CHECK(reached == 0);
  shard.advance(1s);
  CHECK(reached == 1);

  set(10s);
  set(5s);
  shard.advance(5s);
  CHECK(reached == 2);

  set(10s);
  deadline.lift();
  shard.advance(1h);
  CHECK(reached == 2);
}

TEST_CASE_FIXTURE(Fixture, "a lifted deadline may be set again") {
  set(10s);
  deadline.lift();
  shard.advance(5s);
  set(10s);
  shard.advance(5s);
  CHECK(reached == 0);
  shard.advance(5s);
  CHECK(reached == 1);
}

TEST_CASE_FIXTURE(Fixture, "moving a deadline back does not touch the timer") {
  set(10s);
  const auto armed = shard.timers().next_deadline();
  set(15s);
  deadline.lift();
  set(20s);
  CHECK(shard.timers().next_deadline() == armed);
  CHECK(shard.timers().size() == 1);
}
