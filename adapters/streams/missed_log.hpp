#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

#include "socketio/adapter.hpp"
#include "socketio/broadcast_operator.hpp"

namespace adapters::streams {

/// The last broadcasts of a namespace: for sessions that were restored and whose middlewares are
/// still running. Any thread.
class MissedLog {
 public:
  /// Older ones are forgotten.
  static constexpr std::size_t capacity = 1'000;

  void add(socketio::BroadcastOptions options, socketio::SharedPacket packet);
  /// Of the last one that was added.
  [[nodiscard]] std::uint64_t position() const;
  /// Those for the session behind its position, which moves to the end.
  [[nodiscard]] std::vector<socketio::SharedPacket> missed(
      socketio::RestoredSession& session) const;

 private:
  struct Item {
    socketio::BroadcastOptions options;
    socketio::SharedPacket packet;
  };

  mutable std::mutex mutex_;
  std::deque<Item> items_;
  std::uint64_t position_ = 0;
};

}  // namespace adapters::streams
