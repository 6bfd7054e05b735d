#include "apps/chat/nest/online_users.hpp"

#include <utility>

namespace chat {

void OnlineUsers::set(const std::string& socket_id, NestField username) {
  const std::lock_guard lock(mutex_);
  const auto [found, is_new] = by_socket_.try_emplace(socket_id);
  if (is_new) {
    found->second = names_.insert(names_.end(), std::move(username));
  } else {
    *found->second = std::move(username);
  }
}

void OnlineUsers::remove(const std::string& socket_id) {
  const std::lock_guard lock(mutex_);
  if (const auto removed = by_socket_.extract(socket_id)) {
    names_.erase(removed.mapped());
  }
}

NestField OnlineUsers::find(const std::string& socket_id) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_socket_.find(socket_id);
  return found == by_socket_.end() ? std::nullopt : *found->second;
}

socketio::Array OnlineUsers::names() const {
  const std::lock_guard lock(mutex_);
  socketio::Array names;
  names.reserve(names_.size());
  for (const NestField& name : names_) {
    names.push_back(name.value_or(nullptr));
  }
  return names;
}

}  // namespace chat
