#include "apps/chat/presence/cluster_presence.hpp"

#include <doctest/doctest.h>

#include "tests/apps/chat/support/tiny_redis.hpp"
#include "tests/support/fake_shard.hpp"

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;
using TextSet = std::set<std::string>;

namespace {

struct Node {
  Node(tests::TinyRedis& redis, const std::string& name)
      : node(name),
        client(redis.connect()),
        presence(shard, {.node = name}),
        link(client, presence, {.node = name}) {}

  [[nodiscard]] chat::NodeRecord record() const {
    return {.node = node, .started = 1, .presence = link.revision()};
  }

  const std::string node;
  tests::FakeClient& client;
  support::FakeShard shard;
  chat::Presence presence;
  chat::ClusterPresence link;
};

struct Cluster {
  Cluster() {
    redis.run();
    look();
  }

  void look() {
    one.link.look({two.record()}, {});
    two.link.look({one.record()}, {});
    redis.run();
  }

  tests::TinyRedis redis;
  Node one{redis, "n1"};
  Node two{redis, "n2"};
};

}  // namespace

TEST_CASE_FIXTURE(Cluster, "who comes to one node is online at all") {
  one.presence.connect("ada");
  redis.run();
  CHECK(two.presence.users() == Texts{"ada"});
  CHECK(redis.sets["presence:node:n1"] == TextSet{"ada"});
  one.presence.disconnect("ada");
  redis.run();
  CHECK(two.presence.users().empty());
  CHECK(two.presence.last_seen("ada").has_value());
  CHECK(redis.sets["presence:node:n1"].empty());
}

TEST_CASE_FIXTURE(Cluster, "who has missed a change reads all of it") {
  redis.kill(two.client);
  one.presence.connect("ada");
  redis.run();
  Node late(redis, "n3");
  redis.run();
  CHECK(late.presence.users().empty());
  late.link.look({one.record()}, {});
  redis.run();
  CHECK(late.presence.users() == Texts{"ada"});
}

TEST_CASE_FIXTURE(Cluster, "the users of a node that is gone are offline") {
  one.presence.connect("ada");
  two.presence.connect("bob");
  redis.run();
  CHECK(two.presence.users() == Texts{"ada", "bob"});
  two.link.look({}, {"n1"});
  two.link.remove_node("n1");
  redis.run();
  CHECK(two.presence.users() == Texts{"bob"});
  CHECK_FALSE(redis.sets.contains("presence:node:n1"));
  CHECK(redis.texts.contains("presence:lastSeen:ada"));
}

TEST_CASE_FIXTURE(Cluster, "a node that comes back writes its users again") {
  one.presence.connect("ada");
  redis.run();
  two.link.look({}, {"n1"});
  redis.lose_data();
  one.link.write_all();
  redis.run();
  CHECK(redis.sets["presence:node:n1"] == TextSet{"ada"});
  CHECK(two.presence.users().empty());
  look();
  CHECK(two.presence.users() == Texts{"ada"});
}

TEST_CASE_FIXTURE(Cluster,
                  "a node whose users were removed after it had come back writes them again") {
  one.presence.connect("ada");
  redis.run();
  two.link.look({}, {"n1"});
  one.link.write_all();
  redis.sets.erase("presence:node:n1");  // the one who took it for dead was slow
  look();
  look();
  CHECK(redis.sets["presence:node:n1"] == TextSet{"ada"});
  CHECK(two.presence.users() == Texts{"ada"});
}

TEST_CASE_FIXTURE(Cluster, "what Redis did not take is written with the next look") {
  redis.away = true;
  one.presence.connect("ada");
  redis.run();
  redis.away = false;
  CHECK(two.presence.users().empty());
  look();
  look();
  CHECK(redis.sets["presence:node:n1"] == TextSet{"ada"});
  CHECK(two.presence.users() == Texts{"ada"});
}

TEST_CASE_FIXTURE(Cluster, "any node knows when a user was seen last") {
  one.presence.connect("ada");
  one.presence.disconnect("ada");
  one.presence.connect("ada");
  redis.run();
  one.presence.disconnect("ada");
  redis.run();
  std::optional<std::vector<std::optional<socketio::Date>>> answer;
  two.link.last_seen({"ada", "nobody"}, [&](auto dates) { answer = dates; });
  redis.run();
  REQUIRE(answer.has_value());
  CHECK((*answer)[0] == one.presence.last_seen("ada"));
  CHECK_FALSE((*answer)[1].has_value());
}

TEST_CASE_FIXTURE(Cluster, "rubbish on the channel does no harm") {
  for (const char* rubbish : {"", "{", "[]", R"({"node":"n1"})",
                              R"({"node":"n1","revision":-1,"online":[],"offline":[]})"}) {
    two.client.deliver("presence", rubbish);
  }
  one.presence.connect("ada");
  redis.run();
  CHECK(two.presence.users() == Texts{"ada"});
}

TEST_CASE_FIXTURE(Cluster, "a node that leaves has told everything, and tells nothing more") {
  one.presence.connect("ada");
  redis.run();
  one.presence.disconnect("ada");
  one.link.leave();
  redis.run();
  one.presence.connect("bob");
  redis.run();
  CHECK(two.presence.users().empty());
  CHECK_FALSE(redis.sets.contains("presence:node:n1"));
}
