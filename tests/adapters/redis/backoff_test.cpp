#include "adapters/redis/backoff.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using adapters::redis::Backoff;

TEST_CASE("backoff: doubles up to the last, shortened by up to half") {
  for (unsigned seed = 1; seed <= 50; ++seed) {
    Backoff backoff(50ms, 500ms, seed);
    for (const auto longest : {50ms, 100ms, 200ms, 400ms, 500ms, 500ms}) {
      const auto delay = backoff.next();
      CHECK(delay >= longest / 2);
      CHECK(delay <= longest);
    }
    backoff.reset();
    CHECK(backoff.next() <= 50ms);
  }
}

TEST_CASE("backoff: processes do not come back at the same moment") {
  Backoff one(500ms, 500ms, 1);
  Backoff other(500ms, 500ms, 2);
  bool different = false;
  for (int i = 0; i < 10; ++i) {
    different |= one.next() != other.next();
  }
  CHECK(different);
}

TEST_CASE("backoff: the smallest there is") {
  Backoff backoff(1ms, 1ms, 1);
  CHECK(backoff.next() == 1ms);
  CHECK(backoff.next() == 1ms);
}
