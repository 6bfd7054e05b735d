#pragma once

#include <string>
#include <utility>
#include <vector>

#include "socketio/adapter.hpp"
#include "socketio/namespace.hpp"

namespace socketio::detail {

/// What is sent to a ParentNamespace goes to its children.
class ParentAdapter final : public Adapter {
 public:
  explicit ParentAdapter(ParentNamespace& nsp) : Adapter(nsp), parent_(nsp) {}

  void broadcast(PayloadWriter payload, const BroadcastOptions& options) override {
    for (const auto& child : parent_.children()) {
      child->adapter().broadcast(payload, options);
    }
  }
  void sockets_join(const BroadcastOptions& options,
                    const std::vector<std::string>& rooms) override {
    for (const auto& child : parent_.children()) {
      child->adapter().sockets_join(options, rooms);
    }
  }
  void sockets_leave(const BroadcastOptions& options,
                     const std::vector<std::string>& rooms) override {
    for (const auto& child : parent_.children()) {
      child->adapter().sockets_leave(options, rooms);
    }
  }
  void disconnect_sockets(const BroadcastOptions& options, bool close) override {
    for (const auto& child : parent_.children()) {
      child->adapter().disconnect_sockets(options, close);
    }
  }
  void fetch_sockets(const BroadcastOptions&,
                     engineio::Function<void(Descriptions)> callback) override {
    callback({"fetchSockets() is not supported on parent namespaces", {}});
  }

 private:
  ParentNamespace& parent_;
};

}  // namespace socketio::detail
