#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

namespace chat {

/// Which users are at which nodes of the cluster, as far as one node knows. Not locked.
class PresenceTable {
 public:
  /// True: the user was at no node before.
  bool add(const std::string& node, const std::string& user);
  /// True: that was the last node he was at.
  bool remove(const std::string& node, const std::string& user);

  struct Changes {
    std::vector<std::string> came;  ///< were at no node before
    std::vector<std::string> went;  ///< are at no node any more
  };
  /// Makes `users` those who are at the node.
  Changes replace(const std::string& node, const std::vector<std::string>& users);
  /// Forgets the node. Who is at no node any more.
  std::vector<std::string> remove_node(const std::string& node);

  [[nodiscard]] bool contains(const std::string& user) const { return users_.contains(user); }
  [[nodiscard]] std::size_t size() const noexcept { return users_.size(); }
  /// In alphabetical order.
  [[nodiscard]] std::vector<std::string> users() const;

 private:
  using Nodes = std::vector<std::string>;  // one, nearly always

  [[nodiscard]] std::vector<std::string> users_at(const std::string& node) const;

  std::unordered_map<std::string, Nodes> users_;
};

}  // namespace chat
