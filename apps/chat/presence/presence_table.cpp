#include "apps/chat/presence/presence_table.hpp"

#include <algorithm>
#include <unordered_set>

namespace chat {

bool PresenceTable::add(const std::string& node, const std::string& user) {
  Nodes& nodes = users_[user];
  if (std::find(nodes.begin(), nodes.end(), node) == nodes.end()) {
    nodes.push_back(node);
    return nodes.size() == 1;
  }
  return false;
}

bool PresenceTable::remove(const std::string& node, const std::string& user) {
  const auto found = users_.find(user);
  if (found == users_.end() || std::erase(found->second, node) == 0 || !found->second.empty()) {
    return false;
  }
  users_.erase(found);
  return true;
}

PresenceTable::Changes PresenceTable::replace(const std::string& node,
                                              const std::vector<std::string>& users) {
  Changes changes;
  for (const std::string& user : users) {
    if (add(node, user)) {
      changes.came.push_back(user);
    }
  }
  const std::unordered_set<std::string> there(users.begin(), users.end());
  for (std::string& user : users_at(node)) {
    if (!there.contains(user) && remove(node, user)) {
      changes.went.push_back(std::move(user));
    }
  }
  return changes;
}

std::vector<std::string> PresenceTable::remove_node(const std::string& node) {
  return replace(node, {}).went;
}

std::vector<std::string> PresenceTable::users() const {
  std::vector<std::string> users;
  users.reserve(users_.size());
  for (const auto& entry : users_) {
    users.push_back(entry.first);
  }
  std::sort(users.begin(), users.end());
  return users;
}

std::vector<std::string> PresenceTable::users_at(const std::string& node) const {
  std::vector<std::string> users;
  for (const auto& [user, nodes] : users_) {
    if (std::find(nodes.begin(), nodes.end(), node) != nodes.end()) {
      users.push_back(user);
    }
  }
  return users;
}

}  // namespace chat
