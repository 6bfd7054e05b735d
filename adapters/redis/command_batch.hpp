#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/redis_client.hpp"

namespace adapters::redis {

/// Of commands without a key, and of all where there is no cluster.
inline constexpr std::uint16_t no_slot = 0xffff;

/// In front of a command that goes to where its slot is about to move.
inline constexpr std::string_view asking_command = "*1\r\n$6\r\nASKING\r\n";

/// What is known of a command beside its bytes.
struct CommandHeader {
  std::size_t size = 0;          ///< of its bytes
  std::uint32_t replies = 1;     ///< of a transaction: MULTI, each command, EXEC
  std::uint16_t slot = no_slot;  ///< in a cluster
  std::uint8_t attempts = 0;     ///< how often a cluster has sent it elsewhere
  bool has_callback : 1 = false;
  bool counted : 1 = false;    ///< by the Outbox, to which it is to be given back
  bool any_node : 1 = false;   ///< PUBLISH: every node of a cluster takes it
  bool this_node : 1 = false;  ///< no other node of a cluster will do
  bool asking : 1 = false;     ///< asking_command is the first of its bytes

  /// What the Outbox has counted.
  [[nodiscard]] std::size_t counted_size() const noexcept {
    return !counted ? 0 : asking ? size - asking_command.size() : size;
  }
};

/// Commands in order: their bytes in one piece, so that a small one costs no allocation.
struct CommandBatch {
  std::string bytes;
  std::vector<CommandHeader> headers;
  std::vector<ResultCallback> callbacks;  ///< of those that have one

  [[nodiscard]] bool empty() const noexcept { return headers.empty(); }

  /// `header.size` and `has_callback` are set here.
  void add(CommandHeader header, std::string_view command, ResultCallback callback);
  void append(CommandBatch&& other);

  /// Calls `take` with the header, bytes and callback of each command.
  template <class Take>
  void for_each(Take&& take) {
    std::size_t begin = 0;
    std::size_t next_callback = 0;
    for (const CommandHeader& header : headers) {
      take(header, std::string_view(bytes).substr(begin, header.size),
           header.has_callback ? std::move(callbacks[next_callback++]) : ResultCallback());
      begin += header.size;
    }
  }
};

}  // namespace adapters::redis
