#include "apps/chat/cluster/node_registry.hpp"

#include <doctest/doctest.h>

#include "tests/apps/chat/support/tiny_redis.hpp"

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;
using TextSet = std::set<std::string>;

namespace {

struct Node {
  Node(tests::TinyRedis& redis, const std::string& name, std::uint64_t connections = 0)
      : client(redis.connect()),
        registry(
            client, rooms, {.node = name, .heartbeat = 1s, .timeout = 3s},
            {.describe = [connections] { return chat::NodeRecord{.connections = connections}; },
             .on_registered = [this] { ++registrations; },
             .on_look =
                 [this](const std::vector<chat::NodeRecord>& others, const Texts& left) {
                   alive.clear();
                   for (const chat::NodeRecord& other : others) {
                     alive.insert(other.node);
                   }
                   gone.insert(gone.end(), left.begin(), left.end());
                 },
             .on_failed =
                 [this](const std::string& node, const Texts& its_rooms) {
                   failed.push_back(node);
                   failed_rooms.insert(its_rooms.begin(), its_rooms.end());
                 }}) {}

  tests::FakeClient& client;
  chat::LocalRooms rooms;
  int registrations = 0;
  TextSet alive;
  Texts gone;
  Texts failed;
  TextSet failed_rooms;
  chat::NodeRegistry registry;
};

}  // namespace

TEST_CASE("a node is in Redis as the seed document says") {
  tests::TinyRedis redis;
  Node node(redis, "n1", 7);
  node.rooms.enter("kitchen");
  redis.run();
  CHECK(redis.sets["ws:active_nodes"] == TextSet{"n1"});
  CHECK(redis.texts["ws:node:n1:connections"] == "7");
  CHECK(redis.texts.contains("ws:node:n1:heartbeat"));
  CHECK(redis.sets["ws:node:n1:rooms"] == TextSet{"kitchen"});
  CHECK(redis.hashes["ws:nodes"]["n1"].find(R"("connections":7)") != std::string::npos);
  CHECK(node.registrations == 1);

  node.rooms.enter("hall");
  node.rooms.leave("kitchen");
  redis.run();  // does not wait for the heartbeat
  CHECK(redis.sets["ws:node:n1:rooms"] == TextSet{"hall"});
}

TEST_CASE("nodes see each other, and add up their connections") {
  tests::TinyRedis redis;
  Node one(redis, "n1", 7);
  Node two(redis, "n2", 3);
  redis.advance(1s);
  CHECK(one.alive == TextSet{"n2"});
  CHECK(two.alive == TextSet{"n1"});
  const chat::ClusterStatistics statistics = one.registry.statistics();
  CHECK(statistics.total_nodes == 2);
  CHECK(statistics.total_connections == 10);
}

TEST_CASE("a node that dies is dealt with once, and all notice it in time") {
  tests::TinyRedis redis;
  Node one(redis, "n1");
  Node two(redis, "n2");
  Node victim(redis, "n3");
  victim.rooms.enter("kitchen");
  redis.advance(5s);  // they are new, and see nothing for a timeout
  CHECK(one.alive == TextSet{"n2", "n3"});
  redis.kill(victim.client);
  redis.advance(4s + 100ms);
  CHECK(one.gone == Texts{"n3"});
  CHECK(two.gone == Texts{"n3"});
  CHECK(one.failed.size() + two.failed.size() == 1);
  const Node& heir = one.failed.empty() ? two : one;
  CHECK(heir.failed_rooms == TextSet{"kitchen"});
  CHECK(redis.sets["ws:active_nodes"] == TextSet{"n1", "n2"});
  CHECK_FALSE(redis.sets.contains("ws:node:n3:rooms"));
  CHECK_FALSE(redis.texts.contains("ws:node:n3:connections"));
  CHECK_FALSE(redis.hashes["ws:nodes"].contains("n3"));
  CHECK(one.registry.statistics().total_nodes == 2);
  redis.advance(10s);
  CHECK(one.gone.size() == 1);
}

TEST_CASE("a node that was taken for dead comes back with its rooms") {
  tests::TinyRedis redis;
  Node one(redis, "n1");
  Node sleeper(redis, "n2");
  sleeper.rooms.enter("kitchen");
  redis.advance(5s);
  redis.sets["ws:active_nodes"].erase("n2");
  redis.sets.erase("ws:node:n2:rooms");
  redis.advance(1s);
  CHECK(sleeper.registrations == 2);
  CHECK(redis.sets["ws:active_nodes"] == TextSet{"n1", "n2"});
  CHECK(redis.sets["ws:node:n2:rooms"] == TextSet{"kitchen"});
}

TEST_CASE("a node whose rooms were removed after it had come back writes them again") {
  tests::TinyRedis redis;
  Node one(redis, "n1");
  one.rooms.enter("kitchen");
  redis.advance(5s);
  redis.sets.erase("ws:node:n1:rooms");  // the one who took it for dead was slow
  redis.advance(2s);
  CHECK(redis.sets["ws:node:n1:rooms"] == TextSet{"kitchen"});
}

TEST_CASE("nobody dies when Redis is away or loses its data") {
  tests::TinyRedis redis;
  Node one(redis, "n1");
  Node two(redis, "n2");
  redis.advance(5s);
  redis.away = true;
  redis.advance(20s);
  redis.lose_data();
  redis.away = false;
  redis.advance(10s);
  CHECK(one.gone.empty());
  CHECK(two.gone.empty());
  CHECK(one.alive == TextSet{"n2"});
  CHECK(redis.sets["ws:active_nodes"] == TextSet{"n1", "n2"});
}

TEST_CASE("a node that leaves takes everything with it") {
  tests::TinyRedis redis;
  Node one(redis, "n1");
  Node two(redis, "n2");
  two.rooms.enter("kitchen");
  redis.advance(5s);
  bool left = false;
  two.registry.leave([&] { left = true; });
  redis.run();
  CHECK(left);
  CHECK(redis.sets["ws:active_nodes"] == TextSet{"n1"});
  CHECK_FALSE(redis.sets.contains("ws:node:n2:rooms"));
  CHECK_FALSE(redis.texts.contains("ws:node:n2:heartbeat"));
  CHECK_FALSE(redis.hashes["ws:nodes"].contains("n2"));
  redis.advance(1s);
  CHECK(one.gone == Texts{"n2"});
  CHECK(one.failed.empty());
}

TEST_CASE("a program that starts again under its name deals with what it left") {
  tests::TinyRedis redis;
  redis.sets["ws:active_nodes"] = {"n1"};
  redis.sets["ws:node:n1:rooms"] = {"kitchen"};
  Node node(redis, "n1");
  redis.run();
  CHECK(node.failed == Texts{"n1"});
  CHECK(node.failed_rooms == TextSet{"kitchen"});
  redis.advance(1s);
  CHECK(redis.sets["ws:node:n1:rooms"].empty());
}
