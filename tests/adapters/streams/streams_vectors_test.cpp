#include <doctest/doctest.h>

#include "adapters/streams/entry.hpp"
#include "adapters/streams/streams_adapter.hpp"
#include "tests/adapters/cluster/vector_player.hpp"
#include "tests/support/vectors.hpp"

using namespace adapters;
using namespace std::chrono_literals;

namespace {

constexpr const char* file = "redis_streams.json";

const std::vector<tests::SkippedStep> skipped{
    {"v03", "data-arraybuffer", "", "@msgpack/msgpack loses an ArrayBuffer"},
    {"v03", "data-values-binary", "A", "there are no dates to send, only their text"},
    {"v03", "server-side-emit", "A", "there are no dates to send, only their text"},
    {"v03-client-ioredis", "connections-cut", "B", "the client connects again, not the adapter"},
    {"v03", "ack-local", "", "a local broadcast asks nobody here, and does not time out"},
    {"v03", "after-poison", "", "Node's readers are stuck there; those of this server are not"},
};

// The two nodes of `v03-recovery` are played in recovery_test.cpp; `v02…` has no node of 0.3.

std::size_t play(const std::string& scenario, const std::string& node,
                 const StreamsAdapterOptions& options = {},
                 std::map<std::string, std::vector<std::string>> rooms = {}) {
  CAPTURE(scenario);
  CAPTURE(node);
  std::shared_ptr<streams::StreamHub> hub;
  tests::VectorPlayer player(
      tests::Scenario(file, scenario), node,
      [&](socketio::Namespace& nsp, tests::FakeClient& client, const wire::IdGenerator& new_id) {
        StreamsAdapterOptions checked = streams::checked(options);
        checked.monitor = tests::silent_monitor();
        if (hub == nullptr) {
          hub = std::make_shared<streams::StreamHub>(client, checked);
        }
        cluster::Bus bus = streams::make_bus(client, checked);
        bus.new_id = new_id;
        return std::make_unique<streams::StreamsAdapter>(nsp, bus, hub);
      },
      skipped);
  player.initial_rooms = std::move(rooms);
  player.play();
  return player.played();
}

}  // namespace

TEST_CASE("streams vectors: version 0.3") {
  const std::map<std::string, std::vector<std::string>> rooms{
      {"a1", {"room2"}}, {"b1", {"room1"}}, {"b2", {"room1", "room2", socketio::numeric_room(5)}}};
  CHECK(play("v03", "A", {}, rooms) > 40);
  CHECK(play("v03", "B", {}, rooms) > 40);
}

TEST_CASE("streams vectors: several streams, and names with a negative hash") {
  CHECK(play("v03-stream-count", "A", {.stream_count = 3}) > 8);
}

TEST_CASE("streams vectors: the other options") {
  const StreamsAdapterOptions sharded{.stream_name = "my-stream",
                                      .channel_prefix = "my-app",
                                      .use_sharded_pubsub = true,
                                      .max_length = 50,
                                      .read_count = 7,
                                      .block_time = 300ms};
  CHECK(play("v03-sharded-pubsub", "A", sharded) >= 3);
  CHECK(play("v03-sharded-pubsub", "B", sharded) >= 3);
  CHECK(play("v03-only-plaintext", "A", {.only_plaintext = true}) >= 2);
  CHECK(play("v03-only-plaintext", "B", {.only_plaintext = true}) >= 2);
  CHECK(play("v03-client-redis5", "A") >= 3);
  CHECK(play("v03-client-ioredis", "B") >= 3);
}

TEST_CASE("streams vectors: with a node of version 0.2") {
  CHECK(play("mixed-versions", "A") >= 4);
}

TEST_CASE("streams vectors: the stream of a namespace") {
  tests::for_each_vector(file, "hash", [](const rapidjson::Value& vector) {
    for (const auto& suffix : vector["suffix"].GetObject()) {
      const auto count = static_cast<std::size_t>(std::stoul(suffix.name.GetString()));
      CHECK(streams::stream_of("s", count, tests::string_of(vector, "namespace")) ==
            "s-" + std::to_string(suffix.value.GetInt()));
    }
  });
}

TEST_CASE("streams vectors that are skipped exist") { tests::check_skipped_exist(file, skipped); }
