#pragma once

#include <cstddef>
#include <memory>

#include "apps/chat/cluster/node_record.hpp"
#include "apps/chat/gateway/services.hpp"
#include "socketio/server.hpp"

namespace chat {

/// All that clients can do, in the profile `chat`: `/chat` (ChatGateway), `/rooms` (RoomsGateway)
/// and `/` (Authenticator, WebSocketService and, if configured, the chat as well), with what they
/// share: presence, limits, and the registry of the cluster's nodes.
///
///     chat::Gateways gateways(io, services);
///     io.run();
///     gateways.leave();
class Gateways {
 public:
  /// Before run(); `io` and the services outlive it.
  Gateways(socketio::Server& io, const Services& services);
  /// After run() has returned.
  ~Gateways();
  Gateways(const Gateways&) = delete;
  Gateways& operator=(const Gateways&) = delete;

  /// New limits, for what comes from now on. Any thread.
  void change(const LimitSettings& limits);

  /// Takes this node out of the cluster; waits for Redis at most a second. After run().
  void leave();

  /// The nodes and their connections, as of the last heartbeat. Any thread.
  [[nodiscard]] ClusterStatistics cluster() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace chat
