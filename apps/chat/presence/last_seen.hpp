#pragma once

#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "socketio/date.hpp"

namespace chat {

/// When users were seen last, of so many users: then the one who was remembered first is forgotten.
/// Not locked.
class LastSeen {
 public:
  explicit LastSeen(std::size_t most_users) : most_users_(most_users) {}

  void remember(const std::string& user, socketio::Date at);
  void forget(const std::string& user);
  [[nodiscard]] std::optional<socketio::Date> find(const std::string& user) const;
  [[nodiscard]] std::size_t size() const noexcept { return users_.size(); }

 private:
  using Users = std::list<std::pair<std::string, socketio::Date>>;  // the oldest first

  const std::size_t most_users_;
  Users users_;
  std::unordered_map<std::string, Users::iterator> by_name_;
};

}  // namespace chat
