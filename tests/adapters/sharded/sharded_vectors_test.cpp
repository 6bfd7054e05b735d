#include <doctest/doctest.h>

#include "adapters/sharded/sharded_adapter.hpp"
#include "tests/adapters/cluster/vector_player.hpp"

using namespace adapters;

namespace {

constexpr const char* file = "redis_adapter_sharded.json";

const std::vector<tests::SkippedStep> skipped{
    {"dynamic", "data-numbers-binary", "",
     "notepack.io writes 1e20 as another number, and Node rounds that to a double"},
    {"dynamic", "data-date-binary", "A", "there are no dates to send, only their text"},
    {"dynamic", "ack-local", "", "a local broadcast asks nobody here, and does not time out"},
    {"dynamic", "malformed-then", "", "Node is deaf after the step before; this server is not"},
    {"client-ioredis", "cut-subscriber", "B", "the client subscribes again, not the adapter"},
    {"dynamic", "fetch-sockets-local", "", "a local request does not count the servers here"},
};

std::size_t play(const std::string& scenario, const std::string& node,
                 ShardedAdapterOptions options = {}) {
  CAPTURE(scenario);
  CAPTURE(node);
  tests::VectorPlayer player(
      tests::Scenario(file, scenario), node,
      [options](socketio::Namespace& nsp, tests::FakeClient& client,
                const wire::IdGenerator& new_id) {
        cluster::Bus bus = sharded::make_bus(client, options);
        bus.monitor = tests::silent_monitor();
        bus.new_id = new_id;
        return std::make_unique<sharded::ShardedAdapter>(nsp, bus, options.subscription_mode);
      },
      skipped);
  player.play();
  return player.played();
}

}  // namespace

TEST_CASE("sharded vectors: dynamic") {
  CHECK(play("dynamic", "A") > 50);
  CHECK(play("dynamic", "B") > 50);
}

TEST_CASE("sharded vectors: static") {
  const ShardedAdapterOptions options{.subscription_mode = SubscriptionMode::static_};
  CHECK(play("static", "A", options) > 10);
  CHECK(play("static", "B", options) > 10);
}

TEST_CASE("sharded vectors: dynamic private") {
  const ShardedAdapterOptions options{.subscription_mode = SubscriptionMode::dynamic_private};
  CHECK(play("dynamic-private", "A", options) > 10);
  CHECK(play("dynamic-private", "B", options) > 10);
}

TEST_CASE("sharded vectors: the others") {
  CHECK(play("dynamic-lifecycle", "B") >= 6);
  CHECK(play("timeouts", "A") >= 4);
  CHECK(play("timeouts", "B") >= 4);
  CHECK(play("channel-prefix", "A", {.channel_prefix = "my-app"}) >= 3);
  CHECK(play("channel-prefix", "B", {.channel_prefix = "my-app"}) >= 3);
  CHECK(play("client-redis5", "A") >= 4);
  CHECK(play("client-ioredis", "B") >= 4);
  CHECK(play("mixed-modes", "A", {.subscription_mode = SubscriptionMode::static_}) >= 2);
  CHECK(play("mixed-modes", "B") >= 2);
}

TEST_CASE("sharded vectors that are skipped exist") { tests::check_skipped_exist(file, skipped); }
