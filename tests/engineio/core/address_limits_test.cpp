#include "engineio/core/address_limits.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using engineio::Clock;
using engineio::core::AddressLimits;
using engineio::core::ClientRates;
using engineio::net::AddressCount;
using engineio::net::ClientKey;
using Verdict = AddressLimits::Verdict;

namespace {

const Clock::time_point start{1h};

}  // namespace

TEST_CASE("each client has a rate of its own") {
  ClientRates rates({.per_second = 1, .burst = 2});
  CHECK(rates.take(1, start));
  CHECK(rates.take(1, start));
  CHECK_FALSE(rates.take(1, start));
  CHECK(rates.take(2, start));
  CHECK_FALSE(rates.take(1, start + 999ms));
  CHECK(rates.take(1, start + 1s));
  CHECK_FALSE(rates.take(1, start + 1s));
}

TEST_CASE("without a rate nobody is remembered") {
  ClientRates rates({});
  CHECK_FALSE(rates.limits());
  CHECK(rates.take(1, start));
  CHECK(rates.clients() == 0);
}

TEST_CASE("who may do all again is forgotten") {
  ClientRates rates({.per_second = 10, .burst = 2});
  for (ClientKey client = 0; client < 100; ++client) {
    CHECK(rates.take(client, start));
  }
  CHECK(rates.clients() == 100);
  CHECK(rates.take(7, start + 99ms));
  CHECK(rates.clients() == 100);
  CHECK(rates.take(7, start + 100ms));
  CHECK(rates.clients() == 98);
  for (int i = 0; i < 100; ++i) {
    CHECK(rates.take(7, start + 1s + i * 1s));
  }
  CHECK(rates.clients() == 1);
}

TEST_CASE("beyond the most that are remembered, who came longest ago is forgotten") {
  ClientRates rates({.per_second = 1, .burst = 1});
  for (ClientKey client = 0; client < ClientRates::max_clients; ++client) {
    CHECK(rates.take(client, start));
  }
  CHECK(rates.clients() == ClientRates::max_clients);
  CHECK_FALSE(rates.take(0, start));  // who is refused has come all the same
  CHECK(rates.take(ClientRates::max_clients, start));
  CHECK(rates.clients() == ClientRates::max_clients);
  CHECK_FALSE(rates.take(0, start));
  CHECK_FALSE(rates.take(2, start));
  CHECK(rates.take(1, start));
}

TEST_CASE("the limits of one address") {
  AddressLimits limits({.sessions_per_address = 2, .handshakes_per_address = {.per_second = 3}});
  AddressCount::Place places[3];
  CHECK(limits.admit("192.0.2.1", start, places[0]) == Verdict::admitted);
  CHECK(limits.admit("::ffff:192.0.2.1", start, places[1]) == Verdict::admitted);
  CHECK(limits.admit("192.0.2.1", start, places[2]) == Verdict::too_many_sessions);
  CHECK(limits.admit("192.0.2.1", start, places[2]) == Verdict::too_many_handshakes);
  CHECK(places[2] == nullptr);
  CHECK(limits.admit("192.0.2.2", start, places[2]) == Verdict::admitted);
  places[0].reset();
  CHECK(limits.admit("192.0.2.1", start + 1s, places[0]) == Verdict::admitted);
}

TEST_CASE("without limits there are no places") {
  AddressLimits limits({});
  AddressCount::Place place;
  CHECK(limits.admit("192.0.2.1", start, place) == Verdict::admitted);
  CHECK(place == nullptr);
}
