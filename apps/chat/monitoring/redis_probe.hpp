#pragma once

#include <atomic>
#include <chrono>
#include <memory>

#include "adapters/redis.hpp"
#include "apps/chat/monitoring/metrics.hpp"

namespace chat {

/// Measures how long Redis takes to answer a PING: `sio_chat_redis_ping_seconds`, and the last one
/// for /stats. `redis` must outlive it, as must the metrics the Redis.
class RedisProbe {
 public:
  RedisProbe(adapters::Redis& redis, Metrics& metrics, std::chrono::milliseconds interval);
  ~RedisProbe();
  RedisProbe(const RedisProbe&) = delete;
  RedisProbe& operator=(const RedisProbe&) = delete;

  /// Milliseconds; 0 before the first answer. Any thread.
  [[nodiscard]] double last_latency() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace chat
