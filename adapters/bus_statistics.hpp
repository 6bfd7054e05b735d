#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "socketio/options.hpp"

namespace adapters {

/// What went over the bus, that is, between the servers of a cluster, since the start.
struct BusStatistics {
  std::uint64_t published = 0;  ///< messages to other servers, answers included
  std::uint64_t received = 0;   ///< messages that arrived; among them:
  std::uint64_t own = 0;        ///< … this server's own, which Redis hands back
  std::uint64_t ignored = 0;    ///< … that do not concern it: no client is in the room, say
  std::uint64_t rubbish = 0;    ///< … that no server should send: dropped
  std::uint64_t requests = 0;   ///< to other servers, that ask for answers
  std::uint64_t requests_timed_out = 0;
};

/// Watches over one or more adapters: counts, and reports rubbish on the bus, each kind once. Make
/// one, hand it to an adapter in its options, and read it from any thread:
///
///     auto monitor = std::make_shared<adapters::BusMonitor>();
///     options.adapter = adapters::redis_adapter(redis, {.monitor = monitor});
///     …
///     monitor->statistics().requests_timed_out;
class BusMonitor {
 public:
  using Log = std::function<void(socketio::LogLevel, std::string_view)>;

  /// `log` is called from any thread. Empty: standard error.
  explicit BusMonitor(Log log = nullptr);
  BusMonitor(const BusMonitor&) = delete;
  BusMonitor& operator=(const BusMonitor&) = delete;

  [[nodiscard]] BusStatistics statistics() const noexcept;

  // For the adapters.

  enum class Event : std::uint8_t { published, received, own, ignored, request, request_timed_out };
  void count(Event event) noexcept {
    counters_[static_cast<std::size_t>(event)].fetch_add(1, std::memory_order_relaxed);
  }
  /// `kind` says what is wrong, in words that do not depend on the message.
  void rubbish(std::string_view kind);

 private:
  Log log_;
  std::array<std::atomic<std::uint64_t>, 6> counters_ = {};
  std::atomic<std::uint64_t> rubbish_ = 0;
  std::mutex mutex_;
  std::set<std::string, std::less<>> reported_;
};

}  // namespace adapters
