#include "adapters/streams/missed_log.hpp"

#include <algorithm>
#include <utility>

#include "adapters/streams/session.hpp"

namespace adapters::streams {

void MissedLog::add(socketio::BroadcastOptions options, socketio::SharedPacket packet) {
  const std::lock_guard lock(mutex_);
  items_.push_back({std::move(options), std::move(packet)});
  ++position_;
  if (items_.size() > capacity) {
    items_.pop_front();
  }
}

std::uint64_t MissedLog::position() const {
  const std::lock_guard lock(mutex_);
  return position_;
}

std::vector<socketio::SharedPacket> MissedLog::missed(socketio::RestoredSession& session) const {
  const std::lock_guard lock(mutex_);
  const std::size_t behind =
      std::min<std::uint64_t>(position_ - std::min(session.position, position_), items_.size());
  std::vector<socketio::SharedPacket> packets;
  for (std::size_t i = items_.size() - behind; i < items_.size(); ++i) {
    if (is_for(items_[i].options, session.state)) {
      packets.push_back(items_[i].packet);
    }
  }
  session.position = position_;
  return packets;
}

}  // namespace adapters::streams
