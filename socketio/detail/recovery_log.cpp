#include "socketio/detail/recovery_log.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "socketio/detail/string_id.hpp"

namespace socketio::detail {

namespace {

bool contains(const std::vector<std::string>& rooms, const std::string& room) {
  return std::find(rooms.begin(), rooms.end(), room) != rooms.end();
}

bool intersect(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::any_of(a.begin(), a.end(),
                     [&](const std::string& room) { return contains(b, room); });
}

bool is_for(const BroadcastOptions& options, const SessionState& session) {
  return (options.rooms.empty() || intersect(options.rooms, session.rooms)) &&
         !intersect(options.except, session.rooms);
}

}  // namespace

std::string RecoveryLog::offset_of(std::uint64_t position) { return to_yeast(position); }

void RecoveryLog::append(std::shared_ptr<const SharedBroadcast> broadcast, TimePoint now) {
  bytes_ += broadcast->bytes;
  entries_.push_back({++last_, now, std::move(broadcast)});
  expire(now);
  while (bytes_ > limits_.bytes && !entries_.empty()) {
    drop_entry();
  }
}

void RecoveryLog::drop_entry() {
  bytes_ -= entries_.front().broadcast->bytes;
  entries_.pop_front();
}

void RecoveryLog::save(SessionState session, TimePoint now) {
  expire(now);
  if (const auto before = by_pid_.find(session.pid); before != by_pid_.end()) {
    take(before->second);
  }
  sessions_.push_back({std::move(session), now});
  by_pid_.emplace(sessions_.back().session.pid, std::prev(sessions_.end()));
  while (sessions_.size() > limits_.sessions) {
    take(sessions_.begin());
  }
}

RecoveryLog::Saved RecoveryLog::take(Sessions::iterator session) {
  Saved taken = std::move(*session);
  by_pid_.erase(taken.session.pid);
  sessions_.erase(session);
  return taken;
}

std::optional<RestoredSession> RecoveryLog::restore(const std::string& pid, std::string_view offset,
                                                    TimePoint now) {
  expire(now);
  const auto found = by_pid_.find(pid);
  if (found == by_pid_.end()) {
    return std::nullopt;
  }
  const Entry* last_received = find(offset);
  if (last_received == nullptr) {
    return std::nullopt;
  }
  RestoredSession restored{take(found->second).session, {}, last_received->position};
  restored.missed = missed(restored);
  return restored;
}

std::vector<SharedPacket> RecoveryLog::missed(RestoredSession& session) const {
  std::vector<SharedPacket> packets;
  auto entry = std::upper_bound(
      entries_.begin(), entries_.end(), session.position,
      [](std::uint64_t position, const Entry& candidate) { return position < candidate.position; });
  for (; entry != entries_.end(); ++entry) {
    if (is_for(entry->broadcast->options, session.state)) {
      packets.push_back(entry->broadcast->packet);
    }
  }
  session.position = last_;
  return packets;
}

void RecoveryLog::expire(TimePoint now) {
  while (!entries_.empty() && now - entries_.front().time > limits_.duration) {
    drop_entry();
  }
  while (!sessions_.empty() && now - sessions_.front().time > limits_.duration) {
    take(sessions_.begin());
  }
}

const RecoveryLog::Entry* RecoveryLog::find(std::string_view offset) const {
  const auto position = from_yeast(offset);
  if (!position) {
    return nullptr;
  }
  const auto entry = std::lower_bound(
      entries_.begin(), entries_.end(), *position,
      [](const Entry& candidate, std::uint64_t wanted) { return candidate.position < wanted; });
  return entry != entries_.end() && entry->position == *position ? &*entry : nullptr;
}

}  // namespace socketio::detail
