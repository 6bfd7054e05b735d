#include "apps/chat/room.hpp"

#include <algorithm>

namespace chat {

std::optional<Room::View> Room::join(const std::string& socket_id, const std::string& name) {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, taken] : names_) {
    if (taken == name && id != socket_id) {
      return std::nullopt;
    }
  }
  names_[socket_id] = name;
  return View{sorted_users(), {history_.begin(), history_.end()}};
}

std::optional<std::string> Room::leave(const std::string& socket_id) {
  const std::lock_guard lock(mutex_);
  auto left = names_.extract(socket_id);
  return left ? std::optional(std::move(left.mapped())) : std::nullopt;
}

std::optional<std::string> Room::name_of(const std::string& socket_id) const {
  const std::lock_guard lock(mutex_);
  const auto found = names_.find(socket_id);
  return found == names_.end() ? std::nullopt : std::optional(found->second);
}

ChatMessage Room::say(std::string name, std::string text, std::int64_t time) {
  const std::lock_guard lock(mutex_);
  history_.push_back({++last_id_, std::move(name), std::move(text), time});
  if (history_.size() > kept_messages) {
    history_.pop_front();
  }
  return history_.back();
}

std::vector<std::string> Room::users() const {
  const std::lock_guard lock(mutex_);
  return sorted_users();
}

std::vector<std::string> Room::sorted_users() const {
  std::vector<std::string> users;
  for (const auto& entry : names_) {
    users.push_back(entry.second);
  }
  std::sort(users.begin(), users.end());
  return users;
}

}  // namespace chat
