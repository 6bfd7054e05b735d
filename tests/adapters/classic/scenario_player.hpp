#pragma once

#include <rapidjson/document.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/adapters/classic/cluster_node.hpp"
#include "tests/adapters/classic/scenario.hpp"

namespace tests {

/// Plays one of the nodes of a scenario: does what the node did, hands it what the others
/// published, and compares what it publishes, what its clients get and what its callers get.
class ScenarioPlayer {
 public:
  /// `scenario` as in the file. `name` and `node`: "main", "A".
  ScenarioPlayer(const rapidjson::Value& scenario, std::string name, std::string node);
  ~ScenarioPlayer();

  void play(const Step& step);

 private:
  /// What this node has begun in the step.
  struct Action {
    bool done = false;
    std::string error;
    std::vector<socketio::Value> values;
    bool counted = false;  // sockets or rooms, of which only the number is compared
  };

  // What is there.
  void make_namespace(const std::string& nsp);
  void connect_clients(const Step& step);
  void add_handlers(const std::string& nsp);
  [[nodiscard]] std::string nsp_of_channel(std::string_view channel) const;
  /// The bytes with our socket ids in the place of theirs.
  [[nodiscard]] std::string translated(std::string bytes) const;

  // What happens.
  /// What no vector of the step tells.
  void prepare(const Step& step);
  void on_own_command(const Step& step, const rapidjson::Value& vector);
  void on_own_publish(const Step& step, const rapidjson::Value& vector);
  void start(const Step& step, const rapidjson::Value& publish);
  void start_request(const std::string& nsp, socketio::ValueView request);
  void fetch(const std::string& nsp, const socketio::BroadcastOptions& options);
  void answer_as_client(const rapidjson::Value* packet);
  void answer_as_own_client(const Step& step);
  void collect();

  // What is compared.
  void check_commands() const;
  void check_deliveries(const Step& step);
  void check_result(const rapidjson::Value& value);
  void check_rooms(const rapidjson::Value& value);

  const rapidjson::Value& scenario_;
  std::string name_;
  std::string node_name_;
  std::string key_ = "socket.io";
  std::unique_ptr<ClusterNode> node_;
  std::map<std::string, std::map<std::string, ClusterNode::Client>> clients_;  // by name and nsp
  std::map<std::string, std::string> ids_;  // theirs to ours, of sockets
  std::set<std::string> namespaces_;
  std::vector<socketio::Array> server_events_;

  // Of the step.
  Commands expected_;
  Commands published_;
  const rapidjson::Value* started_ = nullptr;
  Action action_;
  std::map<FakeSession*, std::vector<std::string>> frames_;
  std::deque<std::pair<FakeSession*, std::string>> unanswered_;  // packets with an id
};

}  // namespace tests
