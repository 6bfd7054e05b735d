#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

#include "tests/adapters/cluster/bus_world.hpp"
#include "tests/adapters/cluster/scenario.hpp"
#include "tests/support/vectors.hpp"

// Messages of the vectors, damaged: whatever comes of them, the server goes on.

using namespace adapters;
using socketio::Value;
using tests::array_reply;
using tests::BusWorld;
using tests::string_reply;
using tests::Texts;

namespace {

class Damage {
 public:
  explicit Damage(std::uint32_t seed) : random_(seed) {}

  std::string operator()(std::string bytes) {
    for (std::size_t times = 1 + below(3); times > 0 && !bytes.empty(); --times) {
      const std::size_t at = below(bytes.size());
      switch (below(5)) {
        case 0:
          bytes[at] = static_cast<char>(below(256));
          break;
        case 1:
          bytes.resize(at);
          break;
        case 2:
          bytes.erase(at, 1 + below(8));
          break;
        case 3:
          bytes.insert(at, bytes.substr(below(bytes.size()), below(16)));
          break;
        default:
          bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
      }
    }
    return bytes;
  }
  std::size_t below(std::size_t limit) { return random_() % limit; }

 private:
  std::mt19937 random_;
};

std::vector<std::string> messages_of(const std::string& file, const std::string& scenario) {
  std::vector<std::string> messages;
  for (const auto& step : tests::Scenario(file, scenario).steps) {
    for (const Value& vector : step.vectors) {
      if (tests::text_of(vector["command"]).ends_with("PUBLISH")) {
        messages.push_back(tests::from_hex(tests::text_of(vector["bytes"])));
      }
    }
  }
  return messages;
}

}  // namespace

TEST_CASE("damaged messages on sharded channels") {
  BusWorld bus(tests::on_sharded_bus());
  const auto kind = tests::FakeClient::ChannelKind::sharded;
  const auto messages = messages_of("redis_adapter_sharded.json", "dynamic");
  REQUIRE(messages.size() > 50);
  Damage damage(42);
  bus.join();
  for (int round = 0; round < 40; ++round) {
    for (const std::string& message : messages) {
      const std::string channel = damage.below(4) == 0 ? "socket.io#/#node-1#" : "socket.io#/#";
      bus.deliver(channel, damage(message), kind);
    }
  }
  CHECK(bus.monitor->statistics().rubbish > 100);

  tests::FakeSession& client = bus.join();
  bus.deliver("socket.io#/#",
              R"({"type":3,"data":{"packet":{"type":2,"data":["alive"]},)"
              R"("opts":{"rooms":[],"except":[]}},"uid":"x","nsp":"/"})",
              kind);
  CHECK(tests::take(client) == Texts{R"(2["alive"])"});
}

TEST_CASE("damaged messages on channels of streams, and damaged entries") {
  BusWorld bus(tests::on_streams());
  bus.client.blocking.at(0)->answer(bus.client, array_reply({}));
  const auto messages = messages_of("redis_streams.json", "v03");
  REQUIRE(messages.size() > 20);
  Damage damage(43);
  bus.join();
  std::uint64_t id = 0;
  const auto feed = [&](std::vector<std::string> fields) {
    auto entry = array_reply({string_reply(std::to_string(++id) + "-0"), array_reply({})});
    for (std::string& field : fields) {
      entry.reply.elements[1].elements.push_back(string_reply(std::move(field)).reply);
    }
    bus.world->set_current(tests::World::none);
    REQUIRE(bus.client.blocking.at(0)->answer(
        bus.client,
        array_reply({array_reply({string_reply("socket.io"), array_reply({std::move(entry)})})})));
    bus.settle();
  };
  for (int round = 0; round < 40; ++round) {
    for (const std::string& message : messages) {
      bus.deliver(damage.below(4) == 0 ? "socket.io#/#node-1#" : "socket.io#/#", damage(message),
                  tests::FakeClient::ChannelKind::plain);
    }
  }
  for (int round = 0; round < 10; ++round) {
    for (const auto& step : tests::Scenario("redis_streams.json", "v03").steps) {
      for (const Value& vector : step.vectors) {
        if (vector["command"] != Value("XADD")) {
          continue;
        }
        std::vector<std::string> fields{"uid", "x", "nsp", "/"};
        for (const char* name : {"type", "data"}) {
          if (damage.below(8) != 0) {
            fields.push_back(name);
            const std::string value = tests::text_of(vector["fields"][name]);
            fields.push_back(damage.below(4) == 0 ? value : damage(value));
          }
        }
        fields.resize(fields.size() - (damage.below(8) == 0 ? 1 : 0));
        feed(fields);
      }
    }
  }
  CHECK(bus.monitor->statistics().rubbish > 100);

  tests::FakeSession& client = bus.join();
  feed({"uid", "x", "nsp", "/", "type", "3", "data",
        R"({"packet":{"type":2,"data":["alive"]},"opts":{"rooms":[],"except":[]}})"});
  CHECK(tests::take(client) == Texts{R"(2["alive"])"});
}

TEST_CASE("messages that are well-formed and make no sense") {
  BusWorld bus(tests::on_sharded_bus());
  tests::FakeSession& client = bus.join();
  std::uint64_t rubbish = 0;
  for (const char* data :
       {R"("type":3)",
        R"("type":3,"data":null)",
        R"("type":3,"data":{})",
        R"("type":3,"data":{"packet":{"type":2,"data":["x"]}})",
        R"("type":3,"data":{"packet":{"type":2,"data":["x"]},"opts":{"rooms":5,"except":[]}})",
        R"("type":3,"data":{"packet":{"type":2,"data":[]},"opts":{"rooms":[],"except":[]}})",
        R"("type":3,"data":{"packet":{"type":2,"data":{}},"opts":{"rooms":[],"except":[]}})",
        R"("type":3,"data":{"packet":{"type":5,"data":["x"]},"opts":{"rooms":[],"except":[]}})",
        R"("type":3,"data":{"packet":{"data":["x"]},"opts":{"rooms":[],"except":[]}})",
        R"("type":4,"data":{"opts":{"rooms":[],"except":[]}})",
        R"("type":5,"data":{"rooms":["x"]})",
        R"("type":6)",
        R"("type":7,"data":{"opts":{"rooms":[],"except":[]}})",
        R"("type":8,"data":{"requestId":"r"})",
        R"("type":8,"data":{"sockets":[]})",
        R"("type":9,"data":{"packet":[]})",
        R"("type":9,"data":{"packet":[{}]})",
        R"("type":10,"data":{})",
        R"("type":11,"data":{"requestId":"r","clientCount":"x"})",
        R"("type":11,"data":{"requestId":"r","clientCount":-1})",
        R"("type":12,"data":{})"}) {
    CAPTURE(data);
    bus.deliver("socket.io#/#", std::string("{") + data + R"(,"uid":"x","nsp":"/"})",
                tests::FakeClient::ChannelKind::sharded);
    CHECK(bus.monitor->statistics().rubbish == ++rubbish);
    CHECK(client.sent.empty());
  }
}

TEST_CASE("only answers are understood on the channel of a node") {
  BusWorld bus(tests::on_sharded_bus());
  tests::FakeSession& client = bus.join();
  bus.deliver("socket.io#/#node-1#",
              R"({"type":6,"data":{"opts":{"rooms":[],"except":[]}},"uid":"x","nsp":"/"})",
              tests::FakeClient::ChannelKind::sharded);
  CHECK(bus.monitor->statistics().rubbish == 1);
  CHECK(client.state() == engineio::Session::State::open);
  CHECK(client.sent.empty());
}
