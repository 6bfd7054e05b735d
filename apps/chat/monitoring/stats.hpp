#pragma once

#include <string>

#include "apps/chat/cluster/node_record.hpp"
#include "apps/chat/config/settings.hpp"
#include "apps/chat/monitoring/redis_probe.hpp"
#include "apps/chat/monitoring/server_metrics.hpp"
#include "socketio/value.hpp"

namespace chat {

/// The document of /stats: `{"node": {…}, "cluster": {…}}`, the latter ClusterStatistics. The node:
///
///     {nodeId, profile, version, uptimeSeconds, ready, draining,
///      connections, pollingConnections, tcpConnections, sockets, namespaces, rooms,
///      messagesIn, messagesOut, packetsIn, packetsOut, bytesIn, bytesOut,
///      memoryBytes, cpuSeconds, openFiles,
///      eventLatencyMs: {count, p50, p95, p99}, redis: null or {connected, latencyMs},
///      queues: {NAME: depth, …}, dropped: {WHAT: number since the start, …}}
///
/// All but connections, sockets, rooms and the like are totals since the start.
class Stats {
 public:
  /// Everything must outlive it; the probe may be null.
  Stats(const Settings& settings, const Metrics& metrics, const Watched& watched,
        const RedisProbe* probe);

  /// Any thread.
  [[nodiscard]] std::string json(const ClusterStatistics& cluster) const;

 private:
  [[nodiscard]] socketio::Object node() const;
  void add_traffic(socketio::Object& node) const;
  void add_process(socketio::Object& node) const;

  const std::string node_id_;
  const std::string profile_;
  const Metrics& metrics_;
  const Watched watched_;
  const RedisProbe* probe_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace chat
