#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/adapters/classic/scenario_player.hpp"
#include "tests/support/vectors.hpp"

using namespace tests;

namespace {

constexpr const char* not_ours = "of the Redis client, see tests/adapters/redis";
constexpr const char* elsewhere = "nothing is published: played in classic_adapter_test.cpp";
constexpr const char* codec = "Node's codec loses this value: see msgpack_codecs.json";
constexpr const char* dates = "values have no dates here: they are sent as texts";
constexpr const char* broken = "Node hands its clients a broken packet; here it is dropped";
constexpr const char* own_uid = "forged with our uid, which makes it our own here";

/// `scenario/step`, for one node or for all, and why it is not played.
struct Skipped {
  std::string step;
  std::string nodes;
  const char* reason;
};

const std::vector<Skipped>& skipped_of_adapter() {
  static const std::vector<Skipped> all{
      {"main/socket-emit", "A", elsewhere},
      {"main/flag-local", "A", elsewhere},
      {"main/all-sockets", "A", elsewhere},
      {"main/fetch-sockets-local", "A", elsewhere},
      {"main/ack-local", "A", "Node waits for all servers; here local means local"},
      {"main/data-uint16array", "A", codec},
      {"main/data-lone-surrogate", "A", codec},
      {"main/data-huge", "AB", codec},
      {"main/data-bigint", "A", codec},
      {"main/data-date", "A", dates},
      {"main/foreign-broadcast-packet-id", "AB", "a broadcast has no acknowledgement id here"},
      {"main/request-own-uid", "A", own_uid},
      {"main/request-sse-own-uid", "A", own_uid},
      {"main/close-server", "B", "the adapter that was closed before is not closed again"},
      {"malformed-broadcast-data-string/message", "A", broken},
      {"malformed-broadcast-no-type/message", "A", broken},
      {"malformed-broadcast-type-5/message", "A", broken},
      {"malformed-broadcast-msgpack/probe", "A", "Node is deaf by now; here nothing has happened"},
      {"malformed-broadcast-json/probe", "A", "the same"},
      {"malformed-broadcast-empty/probe", "A", "the same"},
      {"malformed-broadcast-trailing/probe", "A", "the same"},
      {"malformed-broadcast-not-array/probe", "A", "the same"},
      {"malformed-broadcast-no-opts/probe", "A", "the same"},
      {"malformed-broadcast-rooms-number/probe", "A", "the same"},
      {"specific-response-channel/request-without-uid", "AB",
       "Node answers to the uid \"undefined\"; here all are answered"},
      {"connection-state-recovery/socket-emit", "AB",
       "Options::connection_state_recovery needs the streams adapter"},
      {"hand-made-peer/broadcast-ack-too-many", "A",
       "more answers than clients: that is complete here"},
      {"reconnect-redis4/cut-subscriber", "B", not_ours},
      {"reconnect-redis5/cut-subscriber", "B", not_ours},
      {"reconnect-ioredis/cut-subscriber", "B", not_ours},
      {"reconnect-redis4/emit-while-subscriber-down", "AB", not_ours},
      {"reconnect-redis5/emit-while-subscriber-down", "AB", not_ours},
      {"reconnect-ioredis/emit-while-subscriber-down", "AB", not_ours}};
  return all;
}

const std::vector<Skipped>& skipped_of_emitter() {
  static const std::vector<Skipped> all{
      {"main/emit-values", "", dates},
      {"main/custom-parser", "AB", "JSON on the bus needs the option `parser`, which is not here"}};
  return all;
}

void play_all(const std::string& file, const std::vector<Skipped>& skipped,
              const std::string& scenario_prefix) {
  const auto steps = load_steps(file);
  std::set<std::string> found;
  std::size_t played = 0;
  for (const auto& scenario : load_vectors(file)["scenarios"].GetObject()) {
    const std::string name = scenario.name.GetString();
    for (const auto& uids : scenario.value["uids"].GetObject()) {
      const std::string node = uids.name.GetString();
      ScenarioPlayer player(scenario.value, scenario_prefix.empty() ? name : scenario_prefix, node);
      for (const Step& step : steps) {
        if (step.scenario != name) {
          continue;
        }
        const std::string step_name = name + '/' + step.name;
        INFO("step ", step_name, ", played as ", node);
        bool skip = false;
        for (const Skipped& other : skipped) {
          if (other.step == step_name) {
            found.insert(other.step);
            skip = skip || other.nodes.find(node) != std::string::npos;
          }
        }
        if (!skip) {
          player.play(step);
          ++played;
        }
      }
    }
  }
  for (const Skipped& other : skipped) {
    CHECK_MESSAGE(found.contains(other.step), "there is no step ", other.step);
  }
  CHECK(played >= steps.size());
}

}  // namespace

TEST_CASE("classic: the captured scenarios, each node of them") {
  play_all("redis_adapter_classic.json", skipped_of_adapter(), "");
}

TEST_CASE("classic: the nodes that an emitter speaks to") {
  play_all("redis_emitter.json", skipped_of_emitter(), "emitter");
}
