#pragma once

#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

#include "apps/chat/nest/nest_call.hpp"

namespace chat {

/// The names in the chat, by socket, in the order in which the sockets joined: a JavaScript Map. A
/// name is what the client sent, of any type. Any thread.
class OnlineUsers {
 public:
  /// A socket that joins again gets the new name and keeps its place.
  void set(const std::string& socket_id, NestField username);
  void remove(const std::string& socket_id);

  /// nullopt where it has not joined, too.
  [[nodiscard]] NestField find(const std::string& socket_id) const;

  /// As JSON has it: null for an undefined name.
  [[nodiscard]] socketio::Array names() const;

 private:
  mutable std::mutex mutex_;
  std::list<NestField> names_;
  std::unordered_map<std::string, std::list<NestField>::iterator> by_socket_;
};

}  // namespace chat
