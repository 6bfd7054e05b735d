#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapters/cluster/cluster_adapter.hpp"
#include "adapters/streams/stream_hub.hpp"
#include "adapters/streams/stream_member.hpp"
#include "adapters/streams_adapter.hpp"

namespace adapters::streams {

/// The options with a monitor. Throws std::invalid_argument.
[[nodiscard]] StreamsAdapterOptions checked(StreamsAdapterOptions options);
[[nodiscard]] cluster::Bus make_bus(redis::Client& client, const StreamsAdapterOptions& options);

class StreamsAdapter final : public cluster::ClusterAdapter {
 public:
  StreamsAdapter(socketio::Namespace& nsp, const cluster::Bus& bus, std::shared_ptr<StreamHub> hub);
  ~StreamsAdapter() override;

  void init() override;
  void close() override;

  void broadcast(socketio::PayloadWriter payload,
                 const socketio::BroadcastOptions& options) override;

  void persist_session(socketio::SessionState session) override;
  void restore_session(const std::string& pid, const std::string& offset,
                       socketio::RestoreCallback callback) override;
  std::vector<socketio::SharedPacket> missed_since(socketio::RestoredSession& session) override;

 private:
  void tell(cluster::MessageType type, socketio::PayloadWriter data,
            const socketio::BroadcastOptions& options) override;

  const std::shared_ptr<StreamMember> member_;
};

}  // namespace adapters::streams
