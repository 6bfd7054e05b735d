#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace adapters::redis {

/// A reply in RESP2.
struct Reply {
  enum class Type : std::uint8_t { nil, status, error, integer, string, array };

  Type type = Type::nil;
  std::int64_t integer = 0;
  std::string text;             ///< of a status, error or string
  std::vector<Reply> elements;  ///< of an array
};

/// What became of a command.
struct Result {
  /// Empty, or why there is no reply: what Redis said (`NOAUTH …`), `queue_full`, `connection_lost`
  /// or `closed`.
  std::string error;
  Reply reply;

  explicit operator bool() const noexcept { return error.empty(); }
};

/// The command was never sent: RedisOptions::queued_commands or queued_bytes.
inline constexpr const char* queue_full = "too many commands wait for Redis";
/// It was sent, and it is not known whether Redis carried it out.
inline constexpr const char* connection_lost = "the connection to Redis was lost";
/// The client is being destroyed. What is issued by then has no effect, and its callback may be
/// dropped.
inline constexpr const char* closed = "the connection to Redis was closed";

}  // namespace adapters::redis
