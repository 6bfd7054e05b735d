#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/redis_client.hpp"
#include "apps/chat/cluster/node_record.hpp"
#include "apps/chat/presence/presence.hpp"
#include "engineio/function.hpp"
#include "socketio/date.hpp"

namespace chat {

/// Shares Presence between the nodes of a cluster. In Redis:
///
///  - `presence:node:<node>` (set): the users who are connected to the node;
///  - `presence:lastSeen:<user>`: when a user who is offline was seen last, milliseconds since
///    1970; kept for 30 days;
///  - channel `presence`: `{node, revision, online, offline}`, what has changed at a node.
///
/// A node counts its changes, and tells the count in its NodeRecord: who has missed one reads the
/// set again.
class ClusterPresence {
 public:
  struct Options {
    std::string node = {};
    std::string key_prefix = {};
    /// How long the node's set stays without a look().
    std::chrono::milliseconds lifetime{90'000};
  };

  /// `client` and `presence` must outlive this.
  ClusterPresence(adapters::redis::Client& client, Presence& presence, Options options);
  ~ClusterPresence();
  ClusterPresence(const ClusterPresence&) = delete;
  ClusterPresence& operator=(const ClusterPresence&) = delete;

  // The hooks of NodeRegistry: on the client's thread.

  /// For NodeRecord::presence.
  [[nodiscard]] std::uint64_t revision() const;
  void write_all();
  void look(const std::vector<NodeRecord>& alive, const std::vector<std::string>& gone);
  /// Removes what a dead node has left in Redis.
  void remove_node(const std::string& node);

  // Any thread.

  /// All connections have ended, and Presence knows: tells the others what they have not heard, and
  /// removes the set of this node. Nothing is told after it.
  void leave();

  /// When these users were seen last, in their order; nullopt: not known. `callback` comes on the
  /// client's thread, or at once where `users` is empty.
  using LastSeenCallback =
      engineio::Function<void(std::vector<std::optional<socketio::Date>> last_seen)>;
  void last_seen(const std::vector<std::string>& users, LastSeenCallback callback);

 private:
  class Link;
  adapters::redis::Client& client_;
  std::shared_ptr<Link> link_;
};

}  // namespace chat
