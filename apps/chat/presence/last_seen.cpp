#include "apps/chat/presence/last_seen.hpp"

namespace chat {

void LastSeen::remember(const std::string& user, socketio::Date at) {
  forget(user);
  if (users_.size() == most_users_ && !users_.empty()) {
    by_name_.erase(users_.front().first);
    users_.pop_front();
  }
  by_name_[user] = users_.emplace(users_.end(), user, at);
}

void LastSeen::forget(const std::string& user) {
  if (const auto found = by_name_.find(user); found != by_name_.end()) {
    users_.erase(found->second);
    by_name_.erase(found);
  }
}

std::optional<socketio::Date> LastSeen::find(const std::string& user) const {
  const auto found = by_name_.find(user);
  return found == by_name_.end() ? std::nullopt : std::optional(found->second->second);
}

}  // namespace chat
