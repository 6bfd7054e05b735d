#include "apps/chat/nest/room_members.hpp"

#include <algorithm>

namespace chat {

void RoomMembers::join(const std::string& socket_id, const std::vector<std::string>& rooms) {
  const std::lock_guard lock(mutex_);
  for (const std::string& room : rooms) {
    std::vector<std::string>& members = members_[room];
    if (std::find(members.begin(), members.end(), socket_id) == members.end()) {
      members.push_back(socket_id);
    }
  }
}

void RoomMembers::leave(const std::string& socket_id, const std::vector<std::string>& rooms) {
  const std::lock_guard lock(mutex_);
  for (const std::string& room : rooms) {
    const auto found = members_.find(room);
    if (found != members_.end() && std::erase(found->second, socket_id) != 0 &&
        found->second.empty()) {
      members_.erase(found);
    }
  }
}

std::vector<std::string> RoomMembers::find(const std::string& room) const {
  const std::lock_guard lock(mutex_);
  const auto found = members_.find(room);
  return found == members_.end() ? std::vector<std::string>() : found->second;
}

}  // namespace chat
