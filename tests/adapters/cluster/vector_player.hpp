#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/bus_statistics.hpp"
#include "adapters/redis_client.hpp"
#include "adapters/wire/ids.hpp"
#include "socketio/adapter.hpp"
#include "socketio/value.hpp"
#include "tests/adapters/cluster/scenario.hpp"
#include "tests/adapters/support/fake_client.hpp"
#include "tests/socketio/world.hpp"

namespace tests {

/// Rubbish is part of the vectors.
inline std::shared_ptr<adapters::BusMonitor> silent_monitor() {
  return std::make_shared<adapters::BusMonitor>([](socketio::LogLevel, std::string_view) {});
}

/// Plays one node of a scenario with a server of ours against a FakeClient: what the other node
/// sends is delivered to it, what the captured node was told to do is done, and what it sends, what
/// its clients get and what its callers are told must be as captured.
class VectorPlayer {
 public:
  using MakeAdapter = std::function<std::unique_ptr<socketio::Adapter>(
      socketio::Namespace&, FakeClient&, const adapters::wire::IdGenerator&)>;

  VectorPlayer(Scenario scenario, std::string node, MakeAdapter make_adapter,
               const std::vector<SkippedStep>& skipped);
  ~VectorPlayer();

  /// Rooms that clients are in from the beginning, where the vectors do not show how they joined.
  std::map<std::string, std::vector<std::string>> initial_rooms;

  void play();
  /// Steps that were played and showed something of this node.
  [[nodiscard]] std::size_t played() const noexcept { return played_; }

 private:
  struct Client {
    std::string name;
    std::vector<std::string> namespaces;
    std::string sid;
    FakeSession* session = nullptr;
  };

  void play(const Scenario::Step& step);
  void prepare(const Scenario::Step& step);
  void act(const Scenario::Step& step);
  void act_by_code(const std::string& code);
  void request(const socketio::Value& message);
  void hear(const socketio::Value& vector);
  void feed(const std::string& stream, const std::string& id, const socketio::Value& fields);
  void answer_acks(const Scenario::Step& step);
  void compare_commands(const Scenario::Step& step);
  void compare_deliveries(const Scenario::Step& step);
  void compare_result(const Scenario::Step& step);

  void settle();
  void connect(Client& client);
  void join(const std::string& client, const std::string& nsp,
            const std::vector<std::string>& rooms, bool leave = false);
  [[nodiscard]] bool is_ours(const socketio::Value& vector) const;
  [[nodiscard]] bool skips(const std::string& step) const;
  [[nodiscard]] socketio::Namespace& nsp_of(const socketio::Value& message);
  [[nodiscard]] std::string normalized(std::string text) const;

  Scenario scenario_;
  std::string node_;
  const std::vector<SkippedStep>& skipped_;
  FakeClient client_;
  std::deque<std::string> ids_;
  std::unique_ptr<World> world_;
  std::vector<Client> clients_;
  std::vector<socketio::Value> ack_answers_;
  std::optional<socketio::Value> server_answer_;
  std::optional<socketio::Value> result_;
  std::size_t played_ = 0;
};

}  // namespace tests
