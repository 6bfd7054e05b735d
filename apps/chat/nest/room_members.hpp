#pragma once

#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace chat {

/// The sockets of this server in each room, in the order in which they joined: what
/// `adapter.rooms` is in Node. It is kept beside the rooms of the adapter, which are spread over
/// the shards. Any thread.
class RoomMembers {
 public:
  void join(const std::string& socket_id, const std::vector<std::string>& rooms);
  void leave(const std::string& socket_id, const std::vector<std::string>& rooms);

  /// Empty where there is no such room.
  [[nodiscard]] std::vector<std::string> find(const std::string& room) const;

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::vector<std::string>> members_;
};

}  // namespace chat
