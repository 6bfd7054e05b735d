#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "adapters/redis_client.hpp"
#include "apps/chat/cluster/local_rooms.hpp"
#include "apps/chat/cluster/node_record.hpp"

namespace chat {

/// The nodes of the cluster, in Redis as seed document 001 has them:
///
///  - `ws:active_nodes` (set): the nodes that are registered;
///  - `ws:nodes` (hash): for each node a NodeRecord as JSON;
///  - `ws:node:<id>:heartbeat`: the time of its last heartbeat; it expires with the node's timeout,
///    so a node whose key is missing is dead, whatever the clocks say;
///  - `ws:node:<id>:connections`: how many clients it has;
///  - `ws:node:<id>:rooms` (set): the rooms that they are in.
///
/// With each heartbeat a node looks at the others, and sees within `timeout` and `heartbeat` that
/// one has died. Whoever manages to take the dead one out of `ws:active_nodes` deals with what it
/// left behind, so it is done once. A node that was taken for dead, and all nodes after Redis has
/// lost its data, register again. While Redis is away nobody dies.
///
/// Servers that keep their keys as the document does may be among the nodes.
class NodeRegistry {
 public:
  struct Options {
    std::string node = {};
    std::string key_prefix = {};
    std::chrono::milliseconds heartbeat{3'000};
    std::chrono::milliseconds timeout{9'000};
  };

  /// Called on the client's thread, never after the registry is destroyed. They must be quick and
  /// must not destroy it.
  struct Hooks {
    /// This node: connections, memory and presence.
    std::function<NodeRecord()> describe;
    /// Redis did not know this node: what it keeps there of its own must be written again.
    std::function<void()> on_registered;
    /// The other nodes that are alive, and those that were and are not.
    std::function<void(const std::vector<NodeRecord>& alive, const std::vector<std::string>& gone)>
        on_look;
    /// A node is dead, and it is for this one to tell its rooms and to remove what it left. Also of
    /// this node itself, when a program of the same name died before.
    std::function<void(const std::string& node, const std::vector<std::string>& rooms)> on_failed;
  };

  /// `client` and `rooms` must outlive this.
  NodeRegistry(adapters::redis::Client& client, LocalRooms& rooms, Options options, Hooks hooks);
  ~NodeRegistry();
  NodeRegistry(const NodeRegistry&) = delete;
  NodeRegistry& operator=(const NodeRegistry&) = delete;

  /// Takes the node out of the registry, with all that it has there. `done` is called on the
  /// client's thread when Redis has answered. Nothing happens after it. Any thread.
  void leave(engineio::Function<void()> done);

  /// As of the last look at the others; nothing before the first. Any thread.
  [[nodiscard]] ClusterStatistics statistics() const;

 private:
  class Heart;
  adapters::redis::Client& client_;
  LocalRooms& rooms_;
  std::shared_ptr<Heart> heart_;
};

}  // namespace chat
