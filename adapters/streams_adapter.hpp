#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "adapters/bus_statistics.hpp"
#include "adapters/redis.hpp"
#include "socketio/adapter.hpp"
#include "socketio/namespace.hpp"

namespace adapters {

/// Options of streams_adapter(). Those that name something, stream_count and use_sharded_pubsub
/// must be the same on all servers of the cluster; the others may differ.
struct StreamsAdapterOptions {
  /// The stream that all events go through. With stream_count above 1: what the names of the
  /// streams begin with.
  std::string stream_name = "socket.io";
  /// Over how many streams the namespaces are spread, to use several masters of a Redis Cluster.
  std::size_t stream_count = 1;

  /// What the names of the channels begin with that requests and their answers take.
  std::string channel_prefix = "socket.io";
  /// Sharded channels for them: Redis 7, and cheaper in a Redis Cluster.
  bool use_sharded_pubsub = false;

  /// Entries that a stream keeps, about. Older ones are gone, also for clients that come back.
  std::size_t max_length = 10'000;
  std::size_t read_count = 100;                     ///< entries that are read at once
  std::chrono::milliseconds block_time{5'000};      ///< that one reading command waits at Redis
  std::string session_key_prefix = "sio:session:";  ///< of the clients that are away

  /// Write binary as JSON: it arrives as `{"type":"Buffer","data":[…]}` at the clients of other
  /// servers. For events that are known to have none.
  bool only_plaintext = false;

  /// How long fetch_sockets() and server_side_emit_with_ack() wait for the others, and a client
  /// that comes back for its session. fetch_sockets() prefers BroadcastOperator::timeout().
  std::chrono::milliseconds requests_timeout{5'000};

  /// Counts what goes over the bus and reports rubbish. nullptr: one of its own, that reports to
  /// standard error.
  std::shared_ptr<BusMonitor> monitor = nullptr;
};

/// Connects servers over Redis Streams, as `@socket.io/redis-streams-adapter` 0.3 does: servers
/// written with this library and Node servers form one cluster, and neither notices. With the
/// version 0.2 it shares events, joins, leaves and disconnects, but no requests.
///
///     auto redis = std::make_shared<adapters::Redis>(adapters::RedisOptions{.url = "redis://…"});
///     socketio::Options options;
///     options.adapter = adapters::streams_adapter(redis);
///     options.connection_state_recovery = socketio::Recovery{};
///     socketio::Server io({}, std::move(options));
///
/// Choose it where no event may get lost: a server that loses its connection to Redis goes on
/// reading where it was, and a client that was away gets its session and what it has missed from
/// any server of the cluster. The price is that every server reads every event. Redis 5 or newer; a
/// Redis Cluster will do. `@socket.io/redis-emitter` does not reach it.
///
/// Give each server a Redis object of its own: servers are counted by their connections.
///
/// While Redis is away, everything works for the clients of this server. What is for other servers
/// waits (RedisOptions::queued_commands) and arrives late; so does what they say, unless the stream
/// has outgrown max_length. Requests and their answers are lost, and end with an error that says
/// how many servers have answered.
///
/// With Options::connection_state_recovery an event gets its place in the stream first: the clients
/// of all servers get events in the same order, each with the name of its place, and those of this
/// server, too, wait for Redis. Volatile events do not. While Redis is away, or after a second, the
/// clients of this server get the event without a place: who comes back later may get it twice.
/// Sessions are kept in Redis for Recovery::max_disconnection_duration. Without Redis no session is
/// restored: clients get a new one, after requests_timeout at the latest.
///
/// Node servers of a stream_count above 1 write, but do not read, namespaces whose name has a
/// negative hash (`/presence`, `/notifications`): these servers read them, Node does not.
///
/// Throws std::invalid_argument when `redis` is null, a name is empty or a number or time is 0 or
/// less. The Redis is kept as long as the server lives.
[[nodiscard]] std::function<std::unique_ptr<socketio::Adapter>(socketio::Namespace&)>
streams_adapter(std::shared_ptr<Redis> redis, StreamsAdapterOptions options = {});

}  // namespace adapters
