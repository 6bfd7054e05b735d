#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace chat {

// What people call rooms and users is never the name of a Socket.IO room as it stands: that is
// where the sockets' own ids are, and who could join them would read along.

/// The room that everybody is in.
inline constexpr const char* lobby = "lobby";

/// The Socket.IO room of a chat room, in all namespaces.
[[nodiscard]] inline std::string room_key(const std::string& room) { return "room:" + room; }

/// The chat room whose Socket.IO room that is; nullopt for other Socket.IO rooms.
[[nodiscard]] inline std::optional<std::string> room_of_key(std::string_view key) {
  constexpr std::string_view prefix = "room:";
  if (!key.starts_with(prefix)) {
    return std::nullopt;
  }
  return std::string(key.substr(prefix.size()));
}

/// Of the connections of a user whose token has that subject, on `/`.
[[nodiscard]] inline std::string user_key(const std::string& id) { return "user:" + id; }

/// Of the connections that joined the chat under that name.
[[nodiscard]] inline std::string name_key(const std::string& username) {
  return "name:" + username;
}

}  // namespace chat
