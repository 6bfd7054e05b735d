#pragma once

#include <string>
#include <string_view>

#include "adapters/redis/cluster_nodes.hpp"
#include "adapters/redis/slots.hpp"

namespace adapters::redis {

/// At which node of a cluster each channel is subscribed: sharded ones at the master of their slot,
/// all others at one master, to which the cluster forwards what is published anywhere.
class ClusterChannels {
 public:
  ClusterChannels(Environment& environment, ClusterNodes& nodes, Subscriber::Owner& owner)
      : environment_(environment), nodes_(nodes), owner_(owner) {}

  /// Subscribes where `map` says, and no longer where it was.
  void place(ChannelKind kind, std::string_view channel, const SlotMap& map);
  void place_all(const SlotMap& map);

  void remove(ChannelKind kind, std::string_view channel);

  /// The node has dropped it by itself.
  void forget(ChannelKind kind, std::string_view channel);

  /// The node cannot be reached: unsharded channels go to another one, if one is ready.
  void leave(const ClusterNode& node, const SlotMap& map);

 private:
  [[nodiscard]] ClusterNode* home_of(ChannelKind kind, std::string_view channel,
                                     const SlotMap& map);
  [[nodiscard]] Subscriber& subscriber_of(ClusterNode& node);

  Environment& environment_;
  ClusterNodes& nodes_;
  Subscriber::Owner& owner_;
  ClusterNode* unsharded_ = nullptr;  // the node for channels that are not sharded
  ChannelMap<ClusterNode*> homes_;
};

}  // namespace adapters::redis
