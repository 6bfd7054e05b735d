#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "adapters/cluster/node.hpp"
#include "socketio/adapter.hpp"

namespace adapters::cluster {

/// What the sharded and the streams adapter have in common: all but the way of those messages that
/// nobody answers.
class ClusterAdapter : public socketio::Adapter {
 public:
  ClusterAdapter(socketio::Namespace& nsp, const Bus& bus);
  ~ClusterAdapter() override;

  void init() override;
  void close() override;

  void server_count(engineio::Function<void(std::size_t)> callback) override;
  void broadcast(socketio::PayloadWriter payload,
                 const socketio::BroadcastOptions& options) override;
  std::uint64_t broadcast_with_ack(socketio::PayloadWriter payload,
                                   const socketio::BroadcastOptions& options,
                                   AckRequest request) override;
  void sockets_join(const socketio::BroadcastOptions& options,
                    const std::vector<std::string>& rooms) override;
  void sockets_leave(const socketio::BroadcastOptions& options,
                     const std::vector<std::string>& rooms) override;
  void disconnect_sockets(const socketio::BroadcastOptions& options, bool close) override;
  void fetch_sockets(const socketio::BroadcastOptions& options,
                     engineio::Function<void(Descriptions)> callback) override;
  void server_side_emit(socketio::PayloadWriter payload,
                        socketio::AckResultsCallback callback) override;

  /// An event of another server.
  void deliver(socketio::Array event_and_arguments, std::shared_ptr<socketio::AckChannel> reply) {
    deliver_server_event(std::move(event_and_arguments), std::move(reply));
  }
  /// An event for a client that was away.
  [[nodiscard]] socketio::SharedPacket encode_event(socketio::PayloadWriter payload) const {
    return encode(payload);
  }

 protected:
  [[nodiscard]] const std::shared_ptr<Node>& node() const noexcept { return node_; }

  /// What close() does. True the first time.
  bool shut_down();

  /// To all other nodes, or to those with sockets that `options` mean: a broadcast without
  /// acknowledgements, a join, a leave, a disconnect.
  virtual void tell(MessageType type, socketio::PayloadWriter data,
                    const socketio::BroadcastOptions& options) = 0;

 private:
  const std::shared_ptr<Node> node_;
};

}  // namespace adapters::cluster
