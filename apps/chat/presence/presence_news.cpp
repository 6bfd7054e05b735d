#include "apps/chat/presence/presence_news.hpp"

namespace chat {

void PresenceNews::came(const std::string& user, socketio::Date at) {
  if (away_.erase(user) == 0) {
    news_.push_back({user, true, at});
  }
}

void PresenceNews::went(const std::string& user, socketio::Date at, TimePoint now) {
  away_[user] = {at, now + grace_};
  deadlines_.emplace_back(now + grace_, user);
}

void PresenceNews::gone(const std::string& user, socketio::Date at) {
  away_.erase(user);
  news_.push_back({user, false, at});
}

std::vector<PresenceChange> PresenceNews::take(TimePoint now) {
  while (!deadlines_.empty() && deadlines_.front().first <= now) {
    const auto& [deadline, user] = deadlines_.front();
    if (const auto away = away_.find(user);
        away != away_.end() && away->second.deadline == deadline) {
      news_.push_back({user, false, away->second.at});
      away_.erase(away);
    }
    deadlines_.pop_front();
  }
  return std::exchange(news_, {});
}

std::optional<PresenceNews::TimePoint> PresenceNews::next() const {
  if (deadlines_.empty()) {
    return std::nullopt;
  }
  return deadlines_.front().first;
}

}  // namespace chat
