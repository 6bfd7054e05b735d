#include "apps/chat/cluster/node_watch.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using chat::NodeWatch;
using Nodes = std::vector<std::string>;

namespace {

const NodeWatch::TimePoint start{1h};

NodeWatch watch() { return NodeWatch({.blindness = 9s, .first_heartbeat = 30s}); }

NodeWatch::Look look(std::chrono::seconds at, std::set<std::string> registered,
                     std::set<std::string> alive) {
  return {.now = start + at, .registered = std::move(registered), .alive = std::move(alive)};
}

}  // namespace

TEST_CASE("a node whose heartbeat has ended is dead at once") {
  NodeWatch nodes = watch();
  CHECK(nodes.judge(look(0s, {"a", "b"}, {"a", "b"})).gone.empty());
  const NodeWatch::Verdict verdict = nodes.judge(look(3s, {"a", "b"}, {"a"}));
  CHECK(verdict.gone == Nodes{"b"});
  CHECK(verdict.dead == Nodes{"b"});
  CHECK(nodes.alive() == std::set<std::string>{"a"});
  CHECK(nodes.judge(look(6s, {"a"}, {"a"})).gone.empty());
}

TEST_CASE("a node that another one has removed, or that has left, is gone and not dead") {
  NodeWatch nodes = watch();
  CHECK(nodes.judge(look(0s, {"a"}, {"a"})).gone.empty());
  const NodeWatch::Verdict verdict = nodes.judge(look(3s, {}, {}));
  CHECK(verdict.gone == Nodes{"a"});
  CHECK(verdict.dead.empty());
}

TEST_CASE("a node that was registered and never had a heartbeat gets its time") {
  NodeWatch nodes = watch();
  CHECK(nodes.judge(look(0s, {"new"}, {})).dead.empty());
  CHECK(nodes.judge(look(29s, {"new"}, {})).dead.empty());
  SUBCASE("and comes") {
    CHECK(nodes.judge(look(30s, {"new"}, {"new"})).dead.empty());
    CHECK(nodes.alive() == std::set<std::string>{"new"});
  }
  SUBCASE("or is dead") { CHECK(nodes.judge(look(30s, {"new"}, {})).dead == Nodes{"new"}); }
}

TEST_CASE("when Redis has lost its data, the others get time to register again") {
  NodeWatch nodes = watch();
  CHECK(nodes.judge(look(0s, {"a", "b"}, {"a", "b"})).gone.empty());
  NodeWatch::Look anew = look(3s, {}, {});
  anew.registered_anew = true;
  CHECK(nodes.judge(anew).gone.empty());
  CHECK(nodes.judge(look(6s, {"a"}, {"a"})).gone.empty());
  CHECK(nodes.judge(look(11s, {"a"}, {"a"})).gone.empty());
  CHECK(nodes.alive() == std::set<std::string>{"a", "b"});
  CHECK(nodes.judge(look(12s, {"a"}, {"a"})).gone == Nodes{"b"});
}
