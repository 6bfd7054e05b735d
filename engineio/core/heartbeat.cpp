#include "engineio/core/heartbeat.hpp"

namespace engineio::core {

Heartbeat::Heartbeat(Shard& shard, HeartbeatObserver& observer, unsigned protocol,
                     std::chrono::milliseconds interval, std::chrono::milliseconds timeout)
    : shard_(shard),
      observer_(observer),
      interval_(interval),
      timeout_(timeout),
      client_pings_(protocol == 3) {}

void Heartbeat::start() {
  if (client_pings_) {
    wait_for_peer(interval_ + timeout_);
  } else {
    wait_to_ping();
  }
}

bool Heartbeat::on_ping() {
  if (client_pings_) {
    wait_for_peer(interval_ + timeout_);
  }
  return client_pings_;
}

bool Heartbeat::on_pong() {
  if (!client_pings_) {
    wait_to_ping();
  }
  return !client_pings_;
}

void Heartbeat::on_other_packet() {
  if (state_ == State::awaiting_pong) {
    state_ = State::awaiting_pong_extended;
    shard_.timers().restart(timer_, shard_.precise_now() + timeout_);
  }
}

void Heartbeat::wait_to_ping() {
  state_ = State::waiting_to_ping;
  shard_.timers().start(timer_, shard_.now() + interval_, [this] {
    state_ = State::awaiting_pong;
    wait_for_peer(timeout_);
    observer_.on_ping_due();
  });
}

void Heartbeat::wait_for_peer(std::chrono::milliseconds time) {
  shard_.timers().start(timer_, shard_.precise_now() + time,
                        [this] { observer_.on_heartbeat_lost(); });
}

}  // namespace engineio::core
