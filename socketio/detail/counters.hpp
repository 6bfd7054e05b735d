#pragma once

#include <atomic>
#include <cstdint>

namespace socketio::detail {

/// A number that one thread changes and any thread may read. Costs what a plain integer costs.
class Counter {
 public:
  void add(std::uint64_t amount = 1) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }
  void subtract(std::uint64_t amount = 1) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) - amount, std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t value() const noexcept {
    return value_.load(std::memory_order_relaxed);
  }

 private:
  std::atomic<std::uint64_t> value_ = 0;
};

/// What happened on one shard; see socketio::Statistics.
struct Counters {
  Counter clients;
  Counter sockets;
  Counter connects;
  Counter recoveries;
  Counter refused_connects;
  Counter packets_received;
  Counter packets_sent;
  Counter volatile_dropped;
  Counter invalid_packets;
  Counter flooding_clients;
  Counter invalid_arguments;
  Counter handler_exceptions;
  Counter refused_joins;
};

}  // namespace socketio::detail
