#include "engineio/net/connection_count.hpp"

#include <utility>

#include <doctest/doctest.h>

using engineio::net::ConnectionCount;

TEST_SUITE("net connection count") {
  TEST_CASE("there is room up to the limit, and again when someone leaves") {
    ConnectionCount count(2);
    auto first = count.enter();
    auto second = count.enter();
    CHECK(first);
    CHECK(second);
    CHECK_FALSE(count.enter());
    CHECK(count.open() == 2);
    const auto moved = std::move(first);
    CHECK(count.open() == 2);
    second.reset();
    CHECK(count.open() == 1);
    CHECK(count.enter());
  }

  TEST_CASE("without a limit there is always room") {
    ConnectionCount count(0);
    CHECK(count.enter());
    CHECK(count.open() == 0);
  }
}
