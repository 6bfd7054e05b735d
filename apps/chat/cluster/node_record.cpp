#include "apps/chat/cluster/node_record.hpp"

#include <algorithm>
#include <utility>

#include "socketio/codec.hpp"

namespace chat {

ClusterStatistics summarize(std::vector<NodeRecord> nodes) {
  std::sort(nodes.begin(), nodes.end(),
            [](const NodeRecord& a, const NodeRecord& b) { return a.node < b.node; });
  ClusterStatistics statistics{.total_nodes = nodes.size()};
  for (NodeRecord& node : nodes) {
    statistics.total_connections += node.connections;
    statistics.nodes.push_back({.node_id = std::move(node.node),
                                .connections = node.connections,
                                .memory_bytes = node.memory.rss,
                                .timestamp = node.timestamp});
  }
  return statistics;
}

std::string to_json(const NodeRecord& record) {
  std::string json;
  const auto write = [&](socketio::Writer& writer) { socketio::write_value(writer, record); };
  socketio::write_json(write, json);
  return json;
}

std::optional<NodeRecord> node_record_from_json(std::string node, std::string json) {
  const auto document = socketio::Document::from_json(std::move(json));
  if (!document || !document->root().is_object()) {
    return std::nullopt;
  }
  const socketio::ValueView root = document->root();
  return NodeRecord{
      .node = std::move(node),
      .timestamp = root["timestamp"].as_int64().value_or(0),
      .connections = root["connections"].as_uint64().value_or(0),
      .memory = {.rss = root["memory"]["rss"].as_uint64().value_or(0)},
      .started = root["started"].as_int64(),
      .presence = root["presence"].as_uint64(),
  };
}

}  // namespace chat
