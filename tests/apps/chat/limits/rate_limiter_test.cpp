#include "apps/chat/limits/rate_limiter.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using chat::Rate;
using chat::RateLimiter;

namespace {

const RateLimiter::TimePoint start{1h};

unsigned taken(RateLimiter& limiter, const char* key, RateLimiter::TimePoint now) {
  unsigned count = 0;
  while (count < 1'000 && limiter.consume(key, now)) {
    ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("a key has its points in each window, and not one more") {
  RateLimiter limiter({.points = 10, .duration = 1s});
  CHECK(taken(limiter, "ada", start) == 10);
  CHECK(taken(limiter, "ada", start + 999ms) == 0);
  CHECK(taken(limiter, "ada", start + 1s) == 10);
  CHECK(taken(limiter, "bob", start + 1s) == 10);
}

TEST_CASE("the window begins with the first point and what is refused does not prolong it") {
  RateLimiter limiter({.points = 2, .duration = 1s});
  CHECK(limiter.consume("ada", start));
  CHECK(limiter.consume("ada", start + 900ms));
  CHECK_FALSE(limiter.consume("ada", start + 950ms));
  CHECK(limiter.time_left("ada", start + 950ms) == 50ms);
  CHECK(limiter.time_left("ada", start + 1s) == 0ms);
  CHECK(limiter.time_left("bob", start) == 0ms);
  CHECK(taken(limiter, "ada", start + 1s) == 2);
}

TEST_CASE("several points are taken together or not at all") {
  RateLimiter limiter({.points = 5, .duration = 1s});
  CHECK(limiter.consume("ada", start, 3));
  CHECK_FALSE(limiter.consume("ada", start, 3));
  CHECK(limiter.consume("ada", start, 2));
  CHECK_FALSE(limiter.consume("bob", start, 6));
}

TEST_CASE("no points means no limit") {
  RateLimiter limiter({.points = 0, .duration = 1s});
  CHECK(taken(limiter, "ada", start) == 1'000);
  CHECK(limiter.key_count() == 0);
}

TEST_CASE("the number of keys is bounded, and the oldest one makes room") {
  RateLimiter limiter({.points = 1, .duration = 1s}, 2);
  CHECK(limiter.consume("ada", start));
  CHECK(limiter.consume("bob", start));
  CHECK(limiter.key_count() == 2);
  CHECK(limiter.consume("cid", start));
  CHECK(limiter.key_count() == 2);
  CHECK_FALSE(limiter.consume("bob", start));
  CHECK(limiter.consume("ada", start));
}

TEST_CASE("keys whose window is over are forgotten") {
  RateLimiter limiter({.points = 1, .duration = 1s});
  for (int i = 0; i < 100; ++i) {
    CHECK(limiter.consume(std::to_string(i), start));
  }
  CHECK(limiter.key_count() == 100);
  CHECK(limiter.consume("another", start + 1s));
  CHECK(limiter.key_count() == 1);
}

TEST_CASE("a changed rate counts at once, its duration from the next window on") {
  RateLimiter limiter({.points = 1, .duration = 1s});
  CHECK(limiter.consume("ada", start));
  limiter.change({.points = 3, .duration = 10s});
  CHECK(taken(limiter, "ada", start) == 2);
  CHECK(taken(limiter, "ada", start + 1s) == 3);
  CHECK_FALSE(limiter.consume("ada", start + 10s));
  limiter.change({.points = 1, .duration = 100ms});
  CHECK(limiter.consume("bob", start + 10s));
  CHECK(limiter.consume("bob", start + 10'100ms));
}
