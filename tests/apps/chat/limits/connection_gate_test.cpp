#include "apps/chat/limits/connection_gate.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using chat::client_address;
using chat::ConnectionGate;
using chat::RateLimiter;

namespace {

const RateLimiter::TimePoint start{1h};

ConnectionGate::Limits unlimited() {
  return {.clients = 0, .per_address = 0, .rate = {.points = 0, .duration = 1s}};
}

}  // namespace

TEST_CASE("so many clients come in, and another when one has gone") {
  auto limits = unlimited();
  limits.clients = 2;
  ConnectionGate gate(limits);
  for (const auto* address : {"a", "b"}) {
    CHECK_FALSE(gate.refusal(address, start));
    gate.enter(address);
  }
  CHECK(gate.refusal("c", start) == "The server is full");
  gate.leave("a");
  CHECK_FALSE(gate.refusal("c", start));
}

TEST_CASE("so many clients of one address") {
  auto limits = unlimited();
  limits.per_address = 2;
  ConnectionGate gate(limits);
  gate.enter("a");
  CHECK_FALSE(gate.refusal("a", start));
  gate.enter("a");
  CHECK(gate.refusal("a", start) == "Too many connections from this address");
  CHECK_FALSE(gate.refusal("b", start));
  gate.leave("a");
  CHECK_FALSE(gate.refusal("a", start));
}

TEST_CASE("so many new clients of one address in a time") {
  auto limits = unlimited();
  limits.rate = {.points = 3, .duration = 1s};
  ConnectionGate gate(limits);
  for (int i = 0; i < 3; ++i) {
    CHECK_FALSE(gate.refusal("a", start));
  }
  CHECK(gate.refusal("a", start) == "Rate limit exceeded");
  CHECK_FALSE(gate.refusal("b", start));
  CHECK_FALSE(gate.refusal("a", start + 1s));
}

TEST_CASE("limits can change while clients are in") {
  ConnectionGate gate(unlimited());
  gate.enter("a");
  auto limits = unlimited();
  limits.clients = 1;
  gate.change(limits);
  CHECK(gate.refusal("b", start) == "The server is full");
  gate.leave("nobody");
  CHECK(gate.refusal("b", start) == "The server is full");
}

TEST_CASE("behind proxies the address is the one that the outermost trusted one has seen") {
  CHECK(client_address("10.0.0.1", "6.6.6.6, 1.2.3.4", 0) == "10.0.0.1");
  CHECK(client_address("10.0.0.1", "6.6.6.6, 1.2.3.4", 1) == "1.2.3.4");
  CHECK(client_address("10.0.0.1", "6.6.6.6, 1.2.3.4,\t10.0.0.2 ", 2) == "1.2.3.4");
  CHECK(client_address("10.0.0.1", "1.2.3.4", 5) == "1.2.3.4");
  CHECK(client_address("10.0.0.1", "", 1) == "10.0.0.1");
  CHECK(client_address("10.0.0.1", ",", 1) == "10.0.0.1");
}
