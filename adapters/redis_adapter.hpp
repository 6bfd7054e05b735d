#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "adapters/bus_statistics.hpp"
#include "adapters/redis.hpp"
#include "socketio/adapter.hpp"
#include "socketio/namespace.hpp"

namespace adapters {

/// Options of redis_adapter(). Servers of one cluster may differ in all but `key`.
struct RedisAdapterOptions {
  /// What the names of all channels begin with.
  std::string key = "socket.io";

  /// How long fetch_sockets(), all_rooms() and server_side_emit_with_ack() wait for the others.
  /// fetch_sockets() prefers BroadcastOperator::timeout().
  std::chrono::milliseconds requests_timeout{5'000};

  /// Answer only to the server that asks, and not to all: with many servers, less to receive and to
  /// drop.
  bool publish_on_specific_response_channel = false;

  /// Counts what goes over the bus and reports rubbish. nullptr: one of its own, that reports to
  /// standard error.
  std::shared_ptr<BusMonitor> monitor = nullptr;
};

/// Connects servers over Redis, as `createAdapter()` of `@socket.io/redis-adapter` 7 and 8 does:
/// servers written with this library and Node servers form one cluster, and neither notices.
///
///     auto redis = std::make_shared<adapters::Redis>(adapters::RedisOptions{.url = "redis://…"});
///     socketio::Options options;
///     options.adapter = adapters::redis_adapter(redis);
///     socketio::Server io({}, std::move(options));
///
/// To join a cluster of Node servers: the same Redis (or Redis Cluster), the same `key`, the same
/// namespaces. One process is one server of the cluster, however many shards it has.
/// `@socket.io/redis-emitter` and adapters::Emitter reach its clients, too.
///
/// Publish and subscribe is all that it asks of Redis, and nothing is stored. So:
/// - While Redis is away, everything works for the clients of this server: what they are sent never
///   waits for Redis. What is for other servers waits (RedisOptions::queued_commands) and arrives
///   late. What other servers say meanwhile is lost to this one.
/// - A request to other servers (fetch_sockets(), acknowledgements, …) that not all answer in time
///   ends with an error that says so, and hands over what has arrived.
/// - Connection state recovery needs the messages that were missed: use the streams adapter for it.
///
/// sockets_join(), sockets_leave() and disconnect_sockets() act on the clients of this server
/// before they return, not when Redis hands the message back, as in Node.
///
/// Throws std::invalid_argument when `redis` is null, `key` is empty or the timeout is not above 0.
/// The Redis is kept as long as the server lives.
[[nodiscard]] std::function<std::unique_ptr<socketio::Adapter>(socketio::Namespace&)> redis_adapter(
    std::shared_ptr<Redis> redis, RedisAdapterOptions options = {});

}  // namespace adapters
