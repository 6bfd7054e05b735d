#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "adapters/sharded_adapter.hpp"
#include "socketio/options.hpp"

namespace conformance {

enum class ClusterAdapter { redis, redis_sharded, redis_streams };

/// How the server joins a cluster.
struct Cluster {
  std::optional<ClusterAdapter> adapter;  ///< nullopt: not at all
  std::string redis = "127.0.0.1:6379";   ///< host:port
  std::string key = "socket.io";
  std::chrono::milliseconds requests_timeout{5'000};
  bool specific_response_channel = false;
  adapters::SubscriptionMode subscription_mode = adapters::SubscriptionMode::dynamic;
};

/// For socketio::Options::adapter; empty without an adapter.
[[nodiscard]] decltype(socketio::Options::adapter) make_adapter(const Cluster& cluster);

}  // namespace conformance
