#include "apps/chat/monitoring/stats.hpp"

#include "apps/chat/monitoring/process.hpp"
#include "socketio/codec.hpp"

namespace chat {

using socketio::Object;
using socketio::Value;
using socketio::Writer;

namespace {

Object to_object(const Metrics::Values& values) {
  Object object;
  for (const auto& [name, value] : values) {
    object.append(name, value);
  }
  return object;
}

}  // namespace

Stats::Stats(const Settings& settings, const Metrics& metrics, const Watched& watched,
             const RedisProbe* probe)
    : node_id_(settings.server.node_id),
      profile_(settings.profile == Profile::nest ? "nest" : "chat"),
      metrics_(metrics),
      watched_(watched),
      probe_(probe) {}

std::string Stats::json(const ClusterStatistics& cluster) const {
  const Value this_node = node();
  std::string text;
  const auto write = [&](Writer& writer) {
    writer.begin_object(2);
    writer.key("node");
    this_node.write_to(writer);
    writer.key("cluster");
    socketio::Convert<ClusterStatistics>::write(writer, cluster);
    writer.end_object();
  };
  socketio::write_json(write, text);
  return text;
}

Object Stats::node() const {
  const std::chrono::duration<double> uptime = std::chrono::steady_clock::now() - begin_;
  Object node{{"nodeId", node_id_},
              {"profile", profile_},
              {"version", SIO_VERSION},
              {"uptimeSeconds", uptime.count()},
              {"ready", watched_.readiness.was_ready()},
              {"draining", watched_.readiness.draining()}};
  add_traffic(node);
  add_process(node);
  const Metrics::Latency latency = metrics_.event_latency();
  node.append("eventLatencyMs", Object{{"count", latency.count},
                                       {"p50", latency.p50},
                                       {"p95", latency.p95},
                                       {"p99", latency.p99}});
  node.append("redis", watched_.redis == nullptr
                           ? Value()
                           : Object{{"connected", watched_.redis->statistics().connected},
                                    {"latencyMs", probe_ == nullptr ? 0 : probe_->last_latency()}});
  node.append("queues", to_object(metrics_.values("sio_chat_queue_depth")));
  node.append("dropped", to_object(metrics_.values("sio_chat_dropped_total")));
  return node;
}

void Stats::add_traffic(Object& node) const {
  const engineio::Statistics transport = watched_.io.engine().statistics();
  const socketio::Statistics sockets = watched_.io.statistics();
  node.append("connections", transport.sessions);
  node.append("pollingConnections", transport.polling_sessions);
  node.append("tcpConnections", transport.connections);
  node.append("sockets", sockets.sockets);
  node.append("namespaces", sockets.namespaces);
  node.append("rooms", watched_.rooms.value());
  node.append("messagesIn", transport.messages_received);
  node.append("messagesOut", transport.messages_sent);
  node.append("packetsIn", sockets.packets_received);
  node.append("packetsOut", sockets.packets_sent);
  node.append("bytesIn", transport.bytes_received);
  node.append("bytesOut", transport.bytes_sent);
}

void Stats::add_process(Object& node) const {
  const ProcessUsage usage = process_usage();
  node.append("memoryBytes", usage.resident_bytes);
  node.append("cpuSeconds", usage.cpu_seconds);
  node.append("openFiles", usage.open_files);
}

}  // namespace chat
