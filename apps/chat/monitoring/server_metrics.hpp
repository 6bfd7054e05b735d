#pragma once

#include <memory>
#include <string>

#include "adapters/bus_statistics.hpp"
#include "adapters/redis.hpp"
#include "apps/chat/monitoring/log.hpp"
#include "apps/chat/monitoring/metrics.hpp"
#include "apps/chat/monitoring/readiness.hpp"
#include "apps/chat/monitoring/room_count.hpp"
#include "socketio/server.hpp"

namespace chat {

/// What is watched; pointers may be null.
struct Watched {
  socketio::Server& io;
  const Log& log;
  const Readiness& readiness;
  const RoomCount& rooms;
  const adapters::Redis* redis = nullptr;
  const adapters::BusMonitor* bus = nullptr;
};

/// Adds to the metrics, beside those that the parts of the program count themselves
/// (`sio_chat_event_seconds{event}`, `sio_chat_queue_depth{queue}`, `sio_chat_dropped_total{what}`,
/// `sio_chat_redis_ping_seconds`):
///
///  - `sio_chat_info{version,profile,node}`: 1
///  - `sio_chat_ready`, `sio_chat_draining`: 0 or 1
///  - `sio_chat_connections{transport}`: clients on `polling` and `websocket`
///  - `sio_chat_tcp_connections`, `sio_chat_sockets`, `sio_chat_namespaces`, `sio_chat_rooms`
///  - `sio_chat_connections_total`, `sio_chat_handshakes_refused_total`
///  - `sio_chat_messages_received_total`, `sio_chat_messages_sent_total` and
///    `sio_chat_received_bytes_total`, `sio_chat_sent_bytes_total`: Engine.IO messages
///  - `sio_chat_packets_received_total`, `sio_chat_packets_sent_total`: Socket.IO packets
///  - `sio_chat_errors_total{kind}`: `invalid_packet`, `invalid_arguments`, `handler_exception`,
///    `rubbish_on_bus`
///  - `sio_chat_dropped_total{what}`: `volatile` packets, `mailbox` tasks, `log` lines
///  - `sio_chat_redis_connected`, `sio_chat_redis_commands_total`,
///    `sio_chat_redis_connections_lost_total`
///  - `sio_chat_bus_published_total`, `sio_chat_bus_received_total`,
///    `sio_chat_bus_requests_timed_out_total`: between the nodes
///  - `process_resident_memory_bytes`, `process_cpu_seconds_total`, `process_open_fds`,
///    `process_start_time_seconds`
///
/// All that is watched must outlive the last Metrics::text().
void watch_server(Metrics& metrics, const Watched& watched);

}  // namespace chat
