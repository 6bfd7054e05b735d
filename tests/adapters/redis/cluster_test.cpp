// The client and a real Redis Cluster.
#include <doctest/doctest.h>

#include <chrono>
#include <set>
#include <string>

#include "adapters/redis/slots.hpp"
#include "tests/adapters/support/redis_recorder.hpp"
#include "tests/adapters/support/redis_server.hpp"

using namespace std::chrono_literals;
using adapters::RedisOptions;
using adapters::redis::ChannelKind;
using adapters::redis::key_slot;
using adapters::redis::Reply;
using adapters::redis::Result;
using tests::Notes;
using tests::RedisCluster;
using tests::RedisServer;
using tests::TestedClient;
using tests::wait_until;

namespace {

/// For tests that leave it as it was, or use slots of their own.
RedisCluster& shared_cluster() {
  static RedisCluster cluster;
  return cluster;
}

RedisOptions to(const RedisCluster& cluster) {
  RedisOptions options;
  options.cluster_nodes = cluster.nodes();
  return options;
}

/// A name that begins with `start` and lies in a slot of that master.
std::string name_at(const RedisCluster& cluster, const std::string& start, std::size_t master) {
  for (int i = 0;; ++i) {
    const std::string name = start + std::to_string(i);
    if (cluster.owner(key_slot(name)) == master) {
      return name;
    }
  }
}

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text + "\n").find("\n" + line + "\n") != std::string::npos;
}

}  // namespace

TEST_CASE("redis cluster: commands go to the master of their key") {
  RedisCluster& cluster = shared_cluster();
  RedisOptions options = to(cluster);
  options.cluster_nodes.resize(1);  // it tells of the others
  const TestedClient client(options);
  for (std::size_t i = 0; i < cluster.size(); ++i) {
    const std::string key = name_at(cluster, "key", i);
    REQUIRE(client.execute({"SET", key, "v"}));
    CHECK(cluster.master(i).cli({"get", key}) == "v");
    std::promise<Result> done;
    client->execute_transaction({{"GET", key}, {"DEL", key}},
                                [&](Result result) { done.set_value(std::move(result)); });
    const Result result = done.get_future().get();
    REQUIRE(result.reply.elements.size() == 2);
    CHECK(result.reply.elements[0].text == "v");
    CHECK(client.execute({"EVAL", "return KEYS[1]", "1", key}).reply.text == key);
  }
  CHECK(client.execute({"PING"}).reply.text == "PONG");
  CHECK(client.execute({"GET"}).error.starts_with("ERR wrong number"));
}

TEST_CASE("redis cluster: channels") {
  RedisCluster& cluster = shared_cluster();
  const TestedClient client(to(cluster));
  const TestedClient other(to(cluster));
  other.subscribe(ChannelKind::plain, "plain");
  other.subscribe(ChannelKind::pattern, "pat*");
  REQUIRE(other.wait_for_message("subscribed plain"));
  REQUIRE(other.wait_for_message("subscribed pat*"));
  client->publish(ChannelKind::plain, "plain", "1");
  client->publish(ChannelKind::plain, "pattern", "2");
  CHECK(other.wait_for_message("plain=1"));
  CHECK(other.wait_for_message("pattern=2"));

  for (std::size_t i = 0; i < cluster.size(); ++i) {
    const std::string channel = name_at(cluster, "shard", i);
    other.subscribe(ChannelKind::sharded, channel);
    REQUIRE(other.wait_for_message("subscribed " + channel));
    CHECK(has_line(cluster.master(i).cli({"pubsub", "shardchannels"}), channel));
    CHECK(client.count(ChannelKind::sharded, channel) == 1);
    client->publish(ChannelKind::sharded, channel, "x");
    CHECK(other.wait_for_message(channel + "=x"));
    other.unsubscribe(ChannelKind::sharded, channel);
    CHECK(wait_until([&] {
      return !has_line(cluster.master(i).cli({"pubsub", "shardchannels"}), channel);
    }));
  }
}

TEST_CASE("redis cluster: subscribers are counted over all masters") {
  RedisCluster& cluster = shared_cluster();
  std::vector<std::unique_ptr<TestedClient>> subscribers;
  for (std::size_t i = 0; i < cluster.size(); ++i) {
    RedisOptions options;
    options.url = cluster.master(i).url();
    subscribers.push_back(std::make_unique<TestedClient>(options));
    subscribers.back()->subscribe(ChannelKind::plain, "counted");
    REQUIRE(subscribers.back()->wait_for_message("subscribed counted"));
  }
  const TestedClient client(to(cluster));
  CHECK(client.count(ChannelKind::plain, "counted") == 3);
  CHECK(client.count(ChannelKind::sharded, "counted") == 0);
}

TEST_CASE("redis cluster: a slot that has moved") {
  RedisCluster& cluster = shared_cluster();
  const TestedClient client(to(cluster));
  const std::string name = name_at(cluster, "moves", 0);
  client.subscribe(ChannelKind::sharded, name);
  REQUIRE(client.wait_for_message("subscribed " + name));
  cluster.move_slot(key_slot(name), 1);
  REQUIRE(client.execute({"SET", name, "v"}));
  CHECK(cluster.master(1).cli({"get", name}) == "v");
  CHECK(wait_until([&] {
    return has_line(cluster.master(1).cli({"pubsub", "shardchannels"}), name);
  }));
  std::promise<Result> published;
  client->publish(ChannelKind::sharded, name, "x",
                  [&](Result result) { published.set_value(std::move(result)); });
  CHECK(published.get_future().get().reply.integer == 1);
  CHECK(client.wait_for_message(name + "=x"));
  REQUIRE(client.execute({"DEL", name}));
  cluster.move_slot(key_slot(name), 0);
  CHECK(wait_until([&] {
    client->publish(ChannelKind::sharded, name, "back");
    return client.messages().has(name + "=back");
  }));
  CHECK(client.messages().count("subscribed") == 1);
  CHECK(client->statistics().connections_lost == 0);
}

TEST_CASE("redis cluster: a slot that is moving") {
  RedisCluster& cluster = shared_cluster();
  const TestedClient client(to(cluster));
  const std::string tag = "{" + name_at(cluster, "moving", 2) + "}";
  const std::string slot = std::to_string(key_slot(tag));
  REQUIRE(client.execute({"SET", tag + "old", "v"}));
  cluster.master(0).cli({"cluster", "setslot", slot, "importing", cluster.id(2)});
  cluster.master(2).cli({"cluster", "setslot", slot, "migrating", cluster.id(0)});

  // What is not there is asked for over there, and what is there is found.
  REQUIRE(client.execute({"SET", tag + "new", "n"}));
  CHECK(client.execute({"GET", tag + "new"}).reply.text == "n");
  CHECK(client.execute({"GET", tag + "old"}).reply.text == "v");
  CHECK(cluster.master(2).cli({"cluster", "countkeysinslot", slot}) == "1");

  // Some of the keys here, some there: tried again, but not forever.
  CHECK(client.execute({"MGET", tag + "old", tag + "new"}).error.starts_with("TRYAGAIN"));

  cluster.master(2).cli(
      {"migrate", "127.0.0.1", std::to_string(cluster.master(0).port()), tag + "old", "0", "1000"});
  std::promise<Result> done;
  client->execute_transaction({{"GET", tag + "old"}, {"GET", tag + "new"}},
                              [&](Result result) { done.set_value(std::move(result)); });
  cluster.move_slot(key_slot(tag), 0);
  const Result result = done.get_future().get();
  CHECK(result.error == "");
  REQUIRE(result.reply.elements.size() == 2);
  CHECK(result.reply.elements[0].text == "v");
  CHECK(result.reply.elements[1].text == "n");
}

TEST_CASE("redis cluster: blocking commands follow the slot") {
  RedisCluster& cluster = shared_cluster();
  const TestedClient client(to(cluster));
  const std::string stream = name_at(cluster, "stream", 1);
  std::unique_ptr<adapters::redis::BlockingConnection> blocking;
  Notes answers;
  client.on_thread([&] { blocking = client->connect_blocking(stream); });
  const auto read = [&] {
    client.on_thread([&] {
      blocking->execute({"XREAD", "BLOCK", "0", "STREAMS", stream, "0"}, [&](Result result) {
        answers.add(result.error + std::to_string(result.reply.elements.size()));
      });
    });
  };
  read();
  REQUIRE(client.execute({"XADD", stream, "*", "a", "b"}));
  CHECK(wait_until([&] { return answers.count("1") == 1; }));
  REQUIRE(client.execute({"DEL", stream}));
  cluster.move_slot(key_slot(stream), 2);
  read();
  REQUIRE(client.execute({"XADD", stream, "*", "a", "b"}));
  CHECK(wait_until([&] { return answers.count("1") == 2; }));
  CHECK(answers.size() == 2);
  client.on_thread([&] { blocking.reset(); });
}

TEST_CASE("redis cluster: a master fails, its replica takes over") {
  RedisCluster cluster;
  cluster.add_replica(1);
  const TestedClient client(to(cluster));
  const std::string name = name_at(cluster, "name", 1);
  client.subscribe(ChannelKind::sharded, name);
  client.subscribe(ChannelKind::plain, "plain");
  REQUIRE(client.wait_for_message("subscribed " + name));
  REQUIRE(client.wait_for_message("subscribed plain"));
  cluster.master(1).kill();
  CHECK(wait_until(
      [&] {
        client->publish(ChannelKind::sharded, name, "again");
        client->publish(ChannelKind::plain, "plain", "again");
        return client.messages().has(name + "=again") && client.messages().has("plain=again");
      },
      20s));
  CHECK(client.execute({"SET", name, "v"}).error == "");
}

TEST_CASE("redis cluster: away, and back") {
  RedisCluster cluster;
  Notes answers;
  {
    const TestedClient client(to(cluster));
    const std::string name = name_at(cluster, "name", 2);
    client.subscribe(ChannelKind::sharded, name);
    REQUIRE(client.wait_for_message("subscribed " + name));
    for (std::size_t i = 0; i < cluster.size(); ++i) {
      cluster.master(i).kill();
    }
    REQUIRE(wait_until([&] { return !client->statistics().connected; }));
    client->execute({"SET", name, "waited"}, [&](Result result) { answers.add(result.error); });
    for (std::size_t i = 0; i < cluster.size(); ++i) {
      cluster.master(i).start();
    }
    CHECK(wait_until([&] {
      client->publish(ChannelKind::sharded, name, "again");
      return client.messages().has(name + "=again");
    }));
    CHECK(wait_until([&] { return answers.size() == 1; }));
    for (std::size_t i = 0; i < cluster.size(); ++i) {
      cluster.master(i).kill();
    }
    REQUIRE(wait_until([&] { return !client->statistics().connected; }));
    client->execute({"GET", name}, [&](Result result) { answers.add(result.error); });
  }
  CHECK(answers.size() == 2);
  CHECK(answers.has(adapters::redis::closed));
}

TEST_CASE("redis cluster: nobody there, and a server that is no cluster") {
  RedisServer server;
  RedisOptions options;
  options.cluster_nodes = {server.address(), "127.0.0.1:1"};
  TestedClient client(options);
  CHECK(wait_until([&] { return client.log().has("cluster support disabled"); }));
  Notes answers;
  client->execute({"GET", "a"}, [&](Result result) { answers.add(result.error); });
  client.on_thread([&] {
    client->count_subscribers(ChannelKind::plain, "c", [&](std::optional<std::size_t> count) {
      answers.add(count ? "counted" : "unknown");
    });
  });
  client.destroy();
  CHECK(answers.all() == std::vector<std::string>{adapters::redis::closed, "unknown"});
  CHECK(client.log().count("cluster support disabled") == 1);
}
