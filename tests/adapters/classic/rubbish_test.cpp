#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <utility>

#include "tests/adapters/classic/cluster_node.hpp"
#include "tests/support/vectors.hpp"

using namespace tests;

namespace {

using Captured = std::pair<std::string, std::string>;  // channel, message

std::set<Captured> captured_messages() {
  std::set<Captured> messages;
  for (const char* file : {"redis_adapter_classic.json", "redis_emitter.json"}) {
    for (const auto& vector : load_vectors(file)["vectors"].GetArray()) {
      if (vector.HasMember("command") && string_of(vector, "command") == "PUBLISH") {
        messages.emplace(string_of(vector, "channel"), bytes_of(vector));
      }
    }
  }
  return messages;
}

std::string mutated(std::string message, std::mt19937& random) {
  if (message.empty()) {
    return message;
  }
  const auto any = [&](std::size_t below) { return random() % below; };
  for (std::size_t changes = 1 + any(3); changes > 0 && !message.empty(); --changes) {
    const std::size_t at = any(message.size());
    const auto byte = static_cast<char>(any(256));
    switch (any(5)) {
      case 0:
        message[at] = byte;
        break;
      case 1:
        message[at] = static_cast<char>(message[at] ^ (1 << any(8)));
        break;
      case 2:
        message.insert(at, 1, byte);
        break;
      case 3:
        message.erase(at, 1 + any(4));
        break;
      default:
        message.insert(at, message.substr(any(message.size()), any(20)));
    }
  }
  return message;
}

/// A node that waits for answers of every kind, to the ids of the captured responses.
class Target {
 public:
  Target() : node_({}, "target") {
    node_.redis->other_subscribers = 1'000'000;  // so that no request is ever complete
    rejoin();
  }

  void deliver(const Captured& captured, const std::string& message) {
    const auto at = captured.second.find("requestId\":\"");
    if (captured.first.find("-response#") != std::string::npos && at != std::string::npos) {
      expect(captured.second.substr(at + 12, 6), captured.second);
    }
    node_.deliver(captured.first, message);
    if (!client_.socket->connected()) {
      rejoin();
    }
    take(*client_.session);
    node_.redis->take();
  }

  /// Whether a broadcast still arrives.
  [[nodiscard]] bool works() {
    node_.deliver("socket.io#/#",
                  from_hex("93a67a7a7a7a7a7a83a47479706502a46461746191a161a36e7370a12f"
                           "83a5726f6f6d7390a665786365707490a5666c61677380"));
    return take(*client_.session) == Texts{R"(2["a"])"};
  }

  [[nodiscard]] ClusterNode& node() { return node_; }

 private:
  void rejoin() {
    client_ = node_.join();
    node_.run([&] {
      for (const char* room : {"room1", "room2", "5"}) {
        client_.socket->join(room);
      }
    });
  }

  void expect(const std::string& id, const std::string& response) {
    if (!expected_.insert(id).second) {
      return;
    }
    node_.next_id = id;
    node_.run([&] {
      if (response.find("\"sockets\"") != std::string::npos) {
        node_.adapter().fetch_sockets({}, [](const auto&) {});
      } else if (response.find("\"rooms\"") != std::string::npos) {
        node_.adapter().all_rooms([](const auto&) {});
      } else if (response.find("\"clientCount\"") != std::string::npos) {
        node_.world.io().emit_with_ack("q", [](const socketio::AckResults&) {});
      } else {
        node_.adapter().server_side_emit(
            [](socketio::Writer& writer) { socketio::write_event(writer, "q"); },
            [](const socketio::AckResults&) {});
      }
    });
  }

  ClusterNode node_;
  ClusterNode::Client client_;
  std::set<std::string> expected_;
};

}  // namespace

TEST_CASE("classic: captured messages, cut off anywhere") {
  Target target;
  for (const Captured& captured : captured_messages()) {
    const std::string& message = captured.second;
    const std::size_t step = 1 + message.size() / 150;
    for (std::size_t size = 0; size < message.size(); size += step) {
      target.deliver(captured, message.substr(0, size));
    }
  }
  CHECK(target.works());
  CHECK(target.node().statistics().rubbish > 1000);
}

TEST_CASE("classic: captured messages, changed at random") {
  Target target;
  std::mt19937 random(20260101);  // NOLINT: the same each time
  for (const Captured& captured : captured_messages()) {
    for (int i = 0; i < 200; ++i) {
      target.deliver(captured, mutated(captured.second, random));
    }
  }
  CHECK(target.works());
  const auto statistics = target.node().statistics();
  CHECK(statistics.received > 50'000);
  CHECK(statistics.rubbish > 10'000);
  CHECK(statistics.rubbish < statistics.received);
  CHECK(target.node().reported.size() < 20);
}

TEST_CASE("classic: depth bombs and lengths beyond the message") {
  Target target;
  const std::string deep_arrays(1'000'000, '\x91');
  std::string deep_json = "{\"uid\":\"zzzzzz\",\"type\":6,\"data\":";
  deep_json.append(1'000'000, '[');
  for (const char* channel : {"socket.io#/#", "socket.io-request#/#", "socket.io-response#/#"}) {
    for (const std::string& message :
         {deep_arrays, deep_json, from_hex("ddffffffff"), from_hex("dfffffffff"),
          from_hex("93dbffffffff"), from_hex("c6ffffffff00")}) {
      target.deliver({channel, ""}, message);
    }
  }
  CHECK(target.works());
  CHECK(target.node().statistics().rubbish >= 12);
}
