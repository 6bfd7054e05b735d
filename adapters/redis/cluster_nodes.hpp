#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "adapters/redis/command_connection.hpp"
#include "adapters/redis/subscriber.hpp"

namespace adapters::redis {

/// A node of a cluster, and our connections to it.
struct ClusterNode {
  ClusterNode(Environment& environment, const Address& where, CommandConnection::Owner& owner)
      : address(where), locator(where), commands(environment, locator, owner) {}

  const Address address;
  FixedLocator locator;
  CommandConnection commands;
  std::unique_ptr<Subscriber> subscriber;  // where one is needed
  std::size_t channels = 0;                // that are subscribed there
  CommandBatch outgoing;                   // collected during Cluster::send()
  bool master = true;                      // of some slot; assumed while nothing is known
};

class ClusterNodes {
 public:
  ClusterNodes(Environment& environment, CommandConnection::Owner& owner)
      : environment_(environment), owner_(owner) {}

  /// Connects to it if it is new.
  ClusterNode& get(const Address& address);

  // nullptr if there is none.
  [[nodiscard]] ClusterNode* find(const Address& address);
  [[nodiscard]] ClusterNode* find(const CommandConnection& commands);
  [[nodiscard]] ClusterNode* find(const Subscriber& subscriber);
  /// One that can be asked now, each time another one.
  [[nodiscard]] ClusterNode* next_ready();
  /// One that can be asked now, the same as long as it can.
  [[nodiscard]] ClusterNode* first_ready_master();

  /// Destroys those that are no masters and have nothing left to do. Not from within their calls.
  /// Returns whether others are left that are no masters.
  bool sweep();

  [[nodiscard]] const std::vector<std::unique_ptr<ClusterNode>>& all() const { return nodes_; }

 private:
  Environment& environment_;
  CommandConnection::Owner& owner_;
  std::vector<std::unique_ptr<ClusterNode>> nodes_;
  std::size_t next_ = 0;
};

}  // namespace adapters::redis
