#include "engineio/net/poller.hpp"

#include <string>

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

using engineio::net::Descriptor;
using engineio::net::Pollable;
using engineio::net::Poller;
using engineio::net::Readiness;

namespace {

struct Watcher final : Pollable {
  void on_ready(Readiness ready) override {
    seen += ready.read ? "r" : "";
    seen += ready.write ? "w" : "";
    seen += ready.hangup ? "h" : "";
  }
  std::string seen;
};

struct Pair {
  Pair() {
    int both[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, both) == 0);
    here = Descriptor(both[0]);
    there = Descriptor(both[1]);
  }
  Descriptor here;
  Descriptor there;
};

}  // namespace

TEST_SUITE("net poller") {
  TEST_CASE("it reports what is wanted and ready, until that has been dealt with") {
    Poller poller;
    Pair pair;
    Watcher watcher;
    REQUIRE(poller.add(pair.here.number(), watcher, {.read = true}));
    CHECK(poller.poll() == 0);
    REQUIRE(::send(pair.there.number(), "x", 1, 0) == 1);
    CHECK(poller.poll() == 1);
    CHECK(poller.poll() == 1);
    CHECK(watcher.seen == "rr");
    poller.change(pair.here.number(), watcher, {.read = true, .write = true});
    CHECK(poller.poll() == 1);
    CHECK(watcher.seen == "rrrw");
    poller.change(pair.here.number(), watcher, {});
    CHECK(poller.poll() == 0);
    pair.there.reset();
    CHECK(poller.poll() == 1);
    CHECK(watcher.seen == "rrrwh");
    poller.remove(pair.here.number());
    CHECK(poller.poll() == 0);
  }

  TEST_CASE("what cannot be watched is refused") {
    Poller poller;
    Watcher watcher;
    CHECK_FALSE(poller.add(-1, watcher, {.read = true}));
  }
}
