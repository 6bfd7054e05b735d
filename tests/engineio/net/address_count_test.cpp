#include "engineio/net/address_count.hpp"

#include <doctest/doctest.h>

#include <thread>
#include <vector>

using engineio::net::AddressCount;
using engineio::net::ClientKey;

TEST_SUITE("net address count") {
  TEST_CASE("as many as the limit, and one more when one has left") {
    AddressCount count(2);
    auto first = count.enter(1);
    const auto second = count.enter(1);
    CHECK(first);
    CHECK(second);
    CHECK_FALSE(count.enter(1));
    CHECK(count.enter(2));
    first->reset();
    const auto third = count.enter(1);
    CHECK(third);
    CHECK_FALSE(count.enter(1));
  }

  TEST_CASE("a client that has left leaves nothing") {
    AddressCount count(1);
    for (int i = 0; i < 3; ++i) {
      const auto place = count.enter(7);
      CHECK(place);
      CHECK(count.clients() == 1);
    }
    CHECK(count.clients() == 0);
  }

  TEST_CASE("a place that moves is still one") {
    AddressCount count(1);
    AddressCount::Place kept;
    {
      auto place = count.enter(1);
      kept = std::move(*place);
    }
    CHECK_FALSE(count.enter(1));
    kept.reset();
    CHECK(count.enter(1));
  }

  TEST_CASE("without a limit nothing is counted") {
    AddressCount count(0);
    CHECK_FALSE(count.counts());
    const auto place = count.enter(1);
    REQUIRE(place);
    CHECK(*place == nullptr);
    CHECK(count.clients() == 0);
  }

  TEST_CASE("threads never exceed the limit, and nothing is lost") {
    AddressCount count(3);
    std::atomic<int> inside = 0;
    std::atomic<int> most = 0;
    {
      std::vector<std::jthread> threads;
      for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
          for (int i = 0; i < 2'000; ++i) {
            if (const auto place = count.enter(static_cast<ClientKey>(i % 2))) {
              const int now = inside.fetch_add(1) + 1;
              for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
              }
              inside.fetch_sub(1);
            }
          }
        });
      }
    }
    CHECK(most >= 1);
    CHECK(most <= 6);
    CHECK(count.clients() == 0);
  }
}
