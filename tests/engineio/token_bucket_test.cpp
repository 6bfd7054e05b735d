#include "engineio/token_bucket.hpp"

#include <chrono>
#include <cstdint>
#include <limits>

#include <doctest/doctest.h>

using engineio::Clock;
using engineio::RateLimit;
using engineio::TokenBucket;
using namespace std::chrono_literals;

namespace {

const Clock::time_point start{1h};
constexpr std::uint32_t most = std::numeric_limits<std::uint32_t>::max();

/// How many it gives at `now`, up to `asked`.
unsigned taken(TokenBucket& bucket, RateLimit limit, Clock::time_point now, unsigned asked = 100) {
  unsigned count = 0;
  while (count < asked && bucket.take(limit, now)) {
    ++count;
  }
  return count;
}

}  // namespace

TEST_SUITE("token bucket") {
  static_assert(sizeof(TokenBucket) == 16);

  TEST_CASE("it gives what the burst allows, and not one more") {
    TokenBucket bucket;
    CHECK(taken(bucket, {.per_second = 1, .burst = 5}, start) == 5);
  }

  TEST_CASE("without a burst it gives what comes in a second") {
    TokenBucket bucket;
    CHECK(taken(bucket, {.per_second = 7}, start) == 7);
  }

  TEST_CASE("a limit of 0 is none") {
    TokenBucket bucket;
    CHECK(taken(bucket, {}, start, 1'000) == 1'000);
    CHECK(taken(bucket, {.burst = 3}, start, 1'000) == 1'000);
    CHECK(bucket.is_full({}, start));
  }

  TEST_CASE("an empty one gives the next one when it is due, and not a nanosecond earlier") {
    const RateLimit limit{.per_second = 10, .burst = 4};
    TokenBucket bucket;
    REQUIRE(taken(bucket, limit, start) == 4);
    CHECK_FALSE(bucket.take(limit, start + 100ms - 1ns));
    CHECK(bucket.take(limit, start + 100ms));
    CHECK_FALSE(bucket.take(limit, start + 100ms));
    CHECK(bucket.take(limit, start + 200ms));
  }

  TEST_CASE("refused attempts cost nothing") {
    const RateLimit limit{.per_second = 10, .burst = 1};
    TokenBucket bucket;
    REQUIRE(bucket.take(limit, start));
    for (int i = 0; i < 1'000; ++i) {
      CHECK_FALSE(bucket.take(limit, start + 50ms));
    }
    CHECK(bucket.take(limit, start + 100ms));
  }

  TEST_CASE("a pause fills it up to the burst and no further") {
    const RateLimit limit{.per_second = 10, .burst = 4};
    TokenBucket bucket;
    REQUIRE(taken(bucket, limit, start) == 4);
    CHECK_FALSE(bucket.is_full(limit, start + 400ms - 1ns));
    CHECK(bucket.is_full(limit, start + 400ms));
    CHECK(taken(bucket, limit, start + 1h) == 4);
  }

  TEST_CASE("nothing is rounded: a rate that divides no second keeps its pace for ever") {
    const RateLimit limit{.per_second = 3, .burst = 1};
    TokenBucket bucket;
    unsigned count = 0;
    for (auto now = start; now < start + 1'000s; now += 1'237'319ns) {
      count += taken(bucket, limit, now);
    }
    // Each waits for the next look at it, which the following one makes up for only in part.
    CHECK(count > 2'980);
    CHECK(count <= 3'000);

    TokenBucket asked_often;
    unsigned given = 0;
    for (auto now = start; now <= start + 100us; now += 1ns) {
      given += taken(asked_often, {.per_second = 30'000'000, .burst = 1}, now);
    }
    CHECK(given == 1 + 2'941);  // one each 34 ns: the first whole nanosecond after 33 1/3
  }

  TEST_CASE("a clock that is behind changes nothing") {
    const RateLimit limit{.per_second = 10, .burst = 1};
    TokenBucket bucket;
    REQUIRE(bucket.take(limit, start));
    CHECK_FALSE(bucket.take(limit, start - 1h));
    CHECK_FALSE(bucket.take(limit, start + 100ms - 1ns));
    CHECK(bucket.take(limit, start + 100ms));
  }

  TEST_CASE("the highest rates, bursts and pauses do not overflow") {
    for (const RateLimit limit : {RateLimit{1, most}, RateLimit{most, most}, RateLimit{most, 1}}) {
      TokenBucket bucket;
      CHECK(bucket.take(limit, start));
      CHECK_FALSE(bucket.is_full(limit, start));
      CHECK(bucket.is_full(limit, start + 24h * 365 * 200));
      CHECK(bucket.take(limit, start + 24h * 365 * 200));
    }
    TokenBucket bucket;
    CHECK(bucket.take({most, 1}, start));
    CHECK_FALSE(bucket.take({most, 1}, start));
    CHECK(bucket.take({most, 1}, start + 1ns));
    TokenBucket first;
    CHECK(first.take({1, 1}, Clock::time_point::min()));
    CHECK(first.take({1, 1}, Clock::time_point::max()));
  }
}
