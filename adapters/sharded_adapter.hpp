#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "adapters/bus_statistics.hpp"
#include "adapters/redis.hpp"
#include "socketio/adapter.hpp"
#include "socketio/namespace.hpp"

namespace adapters {

/// Which rooms have a channel of their own, that only servers with a client in the room subscribe.
/// Must be the same on all servers of the cluster.
enum class SubscriptionMode : std::uint8_t {
  static_,  ///< none: two subscriptions for each namespace, and every server hears everything
  dynamic,  ///< those that clients have joined, but not the one that each client has for itself
  dynamic_private  ///< those, too: for servers that send much to single clients
};

/// Options of sharded_adapter(). The first two must be the same on all servers of the cluster.
struct ShardedAdapterOptions {
  /// What the names of all channels begin with.
  std::string channel_prefix = "socket.io";

  SubscriptionMode subscription_mode = SubscriptionMode::dynamic;

  /// How long fetch_sockets() and server_side_emit_with_ack() wait for the others. fetch_sockets()
  /// prefers BroadcastOperator::timeout(). Servers may differ.
  std::chrono::milliseconds requests_timeout{5'000};

  /// Counts what goes over the bus and reports rubbish. nullptr: one of its own, that reports to
  /// standard error.
  std::shared_ptr<BusMonitor> monitor = nullptr;
};

/// Connects servers over the sharded publish and subscribe of Redis 7, as `createShardedAdapter()`
/// of `@socket.io/redis-adapter` 8 does: servers written with this library and Node servers form
/// one cluster, and neither notices.
///
///     auto redis = std::make_shared<adapters::Redis>(adapters::RedisOptions{.url = "redis://…"});
///     socketio::Options options;
///     options.adapter = adapters::sharded_adapter(redis);
///     socketio::Server io({}, std::move(options));
///
/// Choose it for a Redis Cluster: a message costs the one master that has its channel, where the
/// classic redis_adapter() costs them all. It needs Redis 7, also without a cluster. Events for one
/// room reach only the servers that have someone in it; note that rooms of 20 characters are taken
/// for those of single clients in the mode `dynamic`, as in Node. `@socket.io/redis-emitter` does
/// not reach it.
///
/// Give each server a Redis object of its own: servers are counted by their connections.
///
/// Publish and subscribe is all that it asks of Redis, and nothing is stored. So:
/// - While Redis is away, everything works for the clients of this server: what they are sent never
///   waits for Redis. What is for other servers waits (RedisOptions::queued_commands) and arrives
///   late. What other servers say meanwhile is lost to this one.
/// - A request to other servers (fetch_sockets(), acknowledgements, …) that not all answer in time
///   ends with an error that says how many have, and hands over what has arrived. A server that is
///   gone is noticed by the next request: Redis does not count it any more.
/// - Connection state recovery needs the messages that were missed: use streams_adapter() for it.
///
/// Throws std::invalid_argument when `redis` is null, the prefix is empty or the timeout is not
/// above 0. The Redis is kept as long as the server lives.
[[nodiscard]] std::function<std::unique_ptr<socketio::Adapter>(socketio::Namespace&)>
sharded_adapter(std::shared_ptr<Redis> redis, ShardedAdapterOptions options = {});

}  // namespace adapters
