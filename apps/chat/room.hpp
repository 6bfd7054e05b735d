#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chat {

struct ChatMessage {
  std::uint64_t id = 0;
  std::string name;
  std::string text;
  std::int64_t time = 0;  ///< milliseconds since 1970
};

/// Who is in the room and what was said last. Any thread: the server has one for all its shards.
class Room {
 public:
  static constexpr std::size_t most_name_bytes = 64;
  static constexpr std::size_t most_text_bytes = 2'000;
  static constexpr std::size_t kept_messages = 100;

  /// What a newcomer sees.
  struct View {
    std::vector<std::string> users;  ///< sorted
    std::vector<ChatMessage> history;
  };

  /// Nullopt where somebody else has that name.
  [[nodiscard]] std::optional<View> join(const std::string& socket_id, const std::string& name);

  /// The name that the socket had; nullopt where it had none.
  std::optional<std::string> leave(const std::string& socket_id);

  [[nodiscard]] std::optional<std::string> name_of(const std::string& socket_id) const;

  ChatMessage say(std::string name, std::string text, std::int64_t time);

  [[nodiscard]] std::vector<std::string> users() const;

 private:
  [[nodiscard]] std::vector<std::string> sorted_users() const;

  mutable std::mutex mutex_;
  std::map<std::string, std::string> names_;  // by socket id
  std::deque<ChatMessage> history_;
  std::uint64_t last_id_ = 0;
};

}  // namespace chat
