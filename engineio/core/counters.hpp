#pragma once

#include <atomic>
#include <cstdint>

namespace engineio::core {

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
  std::atomic<std::uint64_t> value_{0};
};

/// What happened on one shard.
struct Counters {
  Counter sessions;
  Counter polling_sessions;
  Counter sessions_opened;
  Counter requests_refused;
  Counter handshakes_limited;
  Counter origins_refused;
  Counter messages_received;
  Counter messages_sent;
  Counter bytes_received;
  Counter bytes_sent;
};

}  // namespace engineio::core
