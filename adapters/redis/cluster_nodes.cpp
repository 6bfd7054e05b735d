#include "adapters/redis/cluster_nodes.hpp"

#include <algorithm>

namespace adapters::redis {

namespace {

template <class Nodes, class Condition>
ClusterNode* first_of(const Nodes& nodes, Condition&& condition) {
  const auto found =
      std::find_if(nodes.begin(), nodes.end(), [&](const auto& node) { return condition(*node); });
  return found == nodes.end() ? nullptr : found->get();
}

}  // namespace

ClusterNode& ClusterNodes::get(const Address& address) {
  if (ClusterNode* node = find(address)) {
    return *node;
  }
  nodes_.push_back(std::make_unique<ClusterNode>(environment_, address, owner_));
  ClusterNode& node = *nodes_.back();
  node.commands.start();
  return node;
}

ClusterNode* ClusterNodes::find(const Address& address) {
  return first_of(nodes_, [&](const ClusterNode& node) { return node.address == address; });
}

ClusterNode* ClusterNodes::find(const CommandConnection& commands) {
  return first_of(nodes_, [&](const ClusterNode& node) { return &node.commands == &commands; });
}

ClusterNode* ClusterNodes::find(const Subscriber& subscriber) {
  return first_of(nodes_,
                  [&](const ClusterNode& node) { return node.subscriber.get() == &subscriber; });
}

ClusterNode* ClusterNodes::next_ready() {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    ClusterNode& node = *nodes_[next_++ % nodes_.size()];
    if (node.commands.ready()) {
      return &node;
    }
  }
  return nullptr;
}

ClusterNode* ClusterNodes::first_ready_master() {
  return first_of(nodes_,
                  [](const ClusterNode& node) { return node.master && node.commands.ready(); });
}

bool ClusterNodes::sweep() {
  std::erase_if(nodes_, [](const auto& node) {
    return !node->master && node->channels == 0 && node->commands.idle();
  });
  return first_of(nodes_, [](const ClusterNode& node) { return !node.master; }) != nullptr;
}

}  // namespace adapters::redis
