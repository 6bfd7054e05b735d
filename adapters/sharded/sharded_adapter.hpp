#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>

#include "adapters/cluster/cluster_adapter.hpp"
#include "adapters/sharded_adapter.hpp"

namespace adapters::sharded {

/// The bus of the options. Throws std::invalid_argument.
[[nodiscard]] cluster::Bus make_bus(redis::Client& client, const ShardedAdapterOptions& options);

/// The channels of the rooms of a node. On the client's thread.
class RoomChannels {
 public:
  explicit RoomChannels(std::shared_ptr<cluster::Node> node) noexcept : node_(std::move(node)) {}

  /// The first has joined the room or the last has left it. Looks which is the case now: tasks of
  /// several shards may come in another order than what they tell.
  void update(const std::string& room);

 private:
  const std::shared_ptr<cluster::Node> node_;
  std::unordered_set<std::string> rooms_;
};

class ShardedAdapter final : public cluster::ClusterAdapter {
 public:
  ShardedAdapter(socketio::Namespace& nsp, const cluster::Bus& bus, SubscriptionMode mode);

  void on_room_created(std::string_view room) override { update(room); }
  void on_room_deleted(std::string_view room) override { update(room); }

 private:
  void tell(cluster::MessageType type, socketio::PayloadWriter data,
            const socketio::BroadcastOptions& options) override;
  void update(std::string_view room);
  [[nodiscard]] bool has_channel(std::string_view room) const;

  const SubscriptionMode mode_;
  const std::shared_ptr<RoomChannels> rooms_;
};

}  // namespace adapters::sharded
