#include "adapters/redis/sentinel.hpp"

#include <doctest/doctest.h>

#include <chrono>

#include "tests/adapters/support/redis_recorder.hpp"
#include "tests/adapters/support/redis_server.hpp"

using namespace std::chrono_literals;
using adapters::RedisOptions;
using adapters::redis::Address;
using adapters::redis::ChannelKind;
using adapters::redis::parse_master_address;
using adapters::redis::parse_switch;
using adapters::redis::Reply;
using tests::RedisSentinel;
using tests::RedisServer;
using tests::TestedClient;
using tests::wait_until;

TEST_CASE("sentinel: answers") {
  const auto string = [](std::string text) {
    return Reply{Reply::Type::string, 0, std::move(text), {}};
  };
  const auto array = [](std::vector<Reply> elements) {
    return Reply{Reply::Type::array, 0, {}, std::move(elements)};
  };
  CHECK(parse_master_address(array({string("::1"), string("6380")})) == Address{"::1", 6380, ""});
  CHECK_FALSE(parse_master_address({}));
  CHECK_FALSE(parse_master_address(array({string("h")})));
  CHECK_FALSE(parse_master_address(array({string("h"), string("65536")})));
  CHECK_FALSE(parse_master_address(array({string(""), string("1")})));
  CHECK(parse_switch("mymaster 1.1.1.1 1 2.2.2.2 2", "mymaster") == Address{"2.2.2.2", 2, ""});
  CHECK_FALSE(parse_switch("other 1.1.1.1 1 2.2.2.2 2", "mymaster"));
  CHECK_FALSE(parse_switch("mymaster 1.1.1.1 1 2.2.2.2", "mymaster"));
  CHECK_FALSE(parse_switch("mymaster 1.1.1.1 1 2.2.2.2 x", "mymaster"));
  CHECK_FALSE(parse_switch("", ""));
}

namespace {

struct Watched {
  Watched() {
    REQUIRE(wait_until(
        [&] {
          return sentinel.cli({"sentinel", "replicas", "mymaster"})
                     .find("master-link-status\nok") != std::string::npos;
        },
        30s));
  }

  RedisServer master;
  RedisServer replica{{"--replicaof", "127.0.0.1", std::to_string(master.port())}};
  RedisSentinel sentinel{master};

  [[nodiscard]] RedisOptions options() const {
    RedisOptions options;
    // The first one is not there.
    options.sentinels = {"127.0.0.1:" + std::to_string(tests::free_port()), sentinel.address()};
    return options;
  }
};

}  // namespace

TEST_CASE("sentinel: failover") {
  Watched watched;
  const TestedClient client(watched.options());
  client.subscribe(ChannelKind::plain, "c");
  REQUIRE(client.wait_for_message("subscribed c"));
  REQUIRE(client.execute({"SET", "who", "master"}));
  CHECK(watched.master.cli({"get", "who"}) == "master");
  SUBCASE("the master is killed") { watched.master.kill(); }
  SUBCASE("the master hangs: the Sentinel tells of the new one") { watched.master.pause(); }
  CHECK(wait_until(
      [&] {
        client->publish(ChannelKind::plain, "c", "again");
        return client.messages().has("c=again") &&
               client.log().has(watched.replica.address() + " (commands): connected");
      },
      30s));
  REQUIRE(client.execute({"SET", "who", "replica"}));
  CHECK(watched.replica.cli({"get", "who"}) == "replica");
}

TEST_CASE("sentinel: a master that nobody knows") {
  const RedisServer server;
  const RedisSentinel sentinel(server);
  RedisOptions options;
  options.sentinels = {sentinel.address()};
  options.sentinel_master = "stranger";
  const TestedClient client(options);
  CHECK(wait_until([&] { return client.log().has("no Sentinel names the master 'stranger'"); }));
  CHECK(client.log().has("it does not know the master"));
}
