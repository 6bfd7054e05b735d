#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engineio/timers.hpp"
#include "socketio/adapter.hpp"
#include "socketio/broadcast_operator.hpp"
#include "socketio/detail/namespace_shard.hpp"

namespace socketio::detail {

/// What one namespace remembers for connection state recovery: the broadcasts of the last time, in
/// order, and the sessions that are away. Knows no clock and no lock.
class RecoveryLog {
 public:
  using TimePoint = engineio::Clock::time_point;

  struct Limits {
    std::chrono::milliseconds duration{};
    std::size_t bytes = 0;     // of packets; the oldest go first
    std::size_t sessions = 0;  // the oldest go first
  };
  /// Positions begin above `origin`. The time of the start makes them differ from those of an
  /// earlier process.
  RecoveryLog(const Limits& limits, std::uint64_t origin) : limits_(limits), last_(origin) {}

  /// The position of the next packet, and how it is called in the packet.
  [[nodiscard]] std::uint64_t next_position() const noexcept { return last_ + 1; }
  [[nodiscard]] static std::string offset_of(std::uint64_t position);
  void append(std::shared_ptr<const SharedBroadcast> broadcast, TimePoint now);

  void save(SessionState session, TimePoint now);
  /// Once: the session is forgotten with it. nullopt where the session or the offset is not known
  /// (any more).
  [[nodiscard]] std::optional<RestoredSession> restore(const std::string& pid,
                                                       std::string_view offset, TimePoint now);
  /// The packets for the session behind its position, which moves to the end.
  [[nodiscard]] std::vector<SharedPacket> missed(RestoredSession& session) const;

  void expire(TimePoint now);

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] std::size_t session_count() const noexcept { return sessions_.size(); }

 private:
  struct Entry {
    std::uint64_t position;
    TimePoint time;
    std::shared_ptr<const SharedBroadcast> broadcast;
  };
  struct Saved {
    SessionState session;
    TimePoint time;
  };
  using Sessions = std::list<Saved>;

  [[nodiscard]] const Entry* find(std::string_view offset) const;
  void drop_entry();
  Saved take(Sessions::iterator session);

  Limits limits_;
  std::uint64_t last_;
  std::deque<Entry> entries_;
  std::size_t bytes_ = 0;
  Sessions sessions_;  // that are away, in the order in which they went
  std::unordered_map<std::string, Sessions::iterator> by_pid_;
};

}  // namespace socketio::detail
