#pragma once

#include <chrono>

#include "engineio/shard.hpp"

namespace engineio::core {

/// What a heartbeat asks of its session.
class HeartbeatObserver {
 public:
  virtual void on_ping_due() = 0;
  virtual void on_heartbeat_lost() = 0;

 protected:
  ~HeartbeatObserver() = default;
};

/// Who must hear from whom, and when (Engine.IO protocol, section "Heartbeat"). In protocol 4 the
/// server sends a ping `interval` after the last pong and waits `timeout` for the next; in protocol
/// 3 the client pings and the server waits `interval + timeout`. A change of transport changes
/// nothing.
class Heartbeat {
 public:
  Heartbeat(Shard& shard, HeartbeatObserver& observer, unsigned protocol,
            std::chrono::milliseconds interval, std::chrono::milliseconds timeout);

  void start();
  void stop() noexcept { timer_.stop(); }

  /// A ping or pong from the peer. False: not what a client of this protocol sends.
  [[nodiscard]] bool on_ping();
  [[nodiscard]] bool on_pong();

  /// Any other packet. While a pong is awaited, the first one begins the wait anew: a pong may be
  /// stuck behind a large message on a slow line.
  void on_other_packet();

 private:
  enum class State : std::uint8_t { waiting_to_ping, awaiting_pong, awaiting_pong_extended };

  void wait_to_ping();
  void wait_for_peer(std::chrono::milliseconds time);

  Shard& shard_;
  HeartbeatObserver& observer_;
  std::chrono::milliseconds interval_;
  std::chrono::milliseconds timeout_;
  bool client_pings_;
  State state_ = State::waiting_to_ping;
  Timer timer_;
};

}  // namespace engineio::core
