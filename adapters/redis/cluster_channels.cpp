#include "adapters/redis/cluster_channels.hpp"

namespace adapters::redis {

void ClusterChannels::place(ChannelKind kind, std::string_view channel, const SlotMap& map) {
  ClusterNode* home = home_of(kind, channel, map);
  ClusterNode** present = homes_.find(kind, channel);
  if (home == nullptr || (present != nullptr && *present == home)) {
    return;
  }
  if (present != nullptr) {
    remove(kind, channel);
  }
  homes_[kind].emplace(channel, home);
  ++home->channels;
  subscriber_of(*home).subscribe(kind, channel);
}

void ClusterChannels::place_all(const SlotMap& map) {
  if (unsharded_ != nullptr && !unsharded_->master) {
    unsharded_ = nullptr;
  }
  for (const ChannelKind kind : channel_kinds) {
    for (const std::string& channel : environment_.subscriptions.channels(kind)) {
      place(kind, channel, map);
    }
  }
}

void ClusterChannels::remove(ChannelKind kind, std::string_view channel) {
  if (ClusterNode** present = homes_.find(kind, channel)) {
    (*present)->subscriber->unsubscribe(kind, channel);
    forget(kind, channel);
  }
}

void ClusterChannels::forget(ChannelKind kind, std::string_view channel) {
  if (ClusterNode** present = homes_.find(kind, channel)) {
    --(*present)->channels;
    homes_.erase(kind, channel);
  }
}

void ClusterChannels::leave(const ClusterNode& node, const SlotMap& map) {
  ClusterNode* other = nodes_.first_ready_master();
  if (unsharded_ == &node && other != nullptr && other != &node) {
    unsharded_ = other;
    place_all(map);
  }
}

ClusterNode* ClusterChannels::home_of(ChannelKind kind, std::string_view channel,
                                      const SlotMap& map) {
  if (kind == ChannelKind::sharded) {
    const Address* owner = map.owner(key_slot(channel));
    return owner == nullptr ? nullptr : nodes_.find(*owner);
  }
  if (unsharded_ == nullptr && !map.masters().empty()) {
    ClusterNode* ready = nodes_.first_ready_master();
    unsharded_ = ready != nullptr ? ready : nodes_.find(map.masters().front());
  }
  return unsharded_;
}

Subscriber& ClusterChannels::subscriber_of(ClusterNode& node) {
  if (!node.subscriber) {
    node.subscriber = std::make_unique<Subscriber>(environment_, node.locator, environment_.target,
                                                   environment_.subscriptions, owner_);
    node.subscriber->start();
  }
  return *node.subscriber;
}

}  // namespace adapters::redis
