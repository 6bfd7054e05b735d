#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "socketio/convert.hpp"

namespace chat {

/// What a node tells the others about itself with each heartbeat.
struct NodeRecord {
  struct Memory {
    std::uint64_t rss = 0;  ///< bytes
  };

  std::string node = {};
  std::int64_t timestamp = 0;  ///< of the heartbeat, milliseconds since 1970
  std::uint64_t connections = 0;
  Memory memory = {};
  std::optional<std::int64_t> started = {};    ///< milliseconds since 1970
  std::optional<std::uint64_t> presence = {};  ///< counts its changes; see ClusterPresence
};

/// What seed document 001 calls the global connection statistics.
struct ClusterStatistics {
  struct Node {
    std::string node_id = {};
    std::uint64_t connections = 0;
    std::uint64_t memory_bytes = 0;
    std::int64_t timestamp = 0;  ///< of its last heartbeat, milliseconds since 1970
  };

  std::uint64_t total_nodes = 0;
  std::uint64_t total_connections = 0;
  std::vector<Node> nodes = {};
};

/// Statistics of these nodes, in the order of their names.
[[nodiscard]] ClusterStatistics summarize(std::vector<NodeRecord> nodes);

/// The record as it lies in Redis: JSON without the node's name.
[[nodiscard]] std::string to_json(const NodeRecord& record);
/// Members that are missing or odd are as if they were 0. nullopt: no JSON object.
[[nodiscard]] std::optional<NodeRecord> node_record_from_json(std::string node, std::string json);

}  // namespace chat

template <>
struct socketio::Fields<chat::NodeRecord::Memory> {
  static constexpr auto members = std::tuple(field("rss", &chat::NodeRecord::Memory::rss));
};

template <>
struct socketio::Fields<chat::NodeRecord> {
  static constexpr auto members = std::tuple(field("timestamp", &chat::NodeRecord::timestamp),
                                             field("connections", &chat::NodeRecord::connections),
                                             field("memory", &chat::NodeRecord::memory),
                                             field("started", &chat::NodeRecord::started),
                                             field("presence", &chat::NodeRecord::presence));
};

template <>
struct socketio::Fields<chat::ClusterStatistics::Node> {
  static constexpr auto members =
      std::tuple(field("nodeId", &chat::ClusterStatistics::Node::node_id),
                 field("connections", &chat::ClusterStatistics::Node::connections),
                 field("memoryBytes", &chat::ClusterStatistics::Node::memory_bytes),
                 field("timestamp", &chat::ClusterStatistics::Node::timestamp));
};

template <>
struct socketio::Fields<chat::ClusterStatistics> {
  static constexpr auto members =
      std::tuple(field("totalNodes", &chat::ClusterStatistics::total_nodes),
                 field("totalConnections", &chat::ClusterStatistics::total_connections),
                 field("nodesStats", &chat::ClusterStatistics::nodes));
};
