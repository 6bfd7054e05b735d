#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "socketio/date.hpp"

namespace chat {

// Ids are ULIDs: 48 bits of milliseconds since 1970 and 80 random ones, in the base 32 of
// Crockford. They sort by time as text.

inline constexpr std::size_t message_id_size = 26;

[[nodiscard]] bool is_message_id(std::string_view text) noexcept;

/// The time in a message id.
[[nodiscard]] socketio::Date time_of(std::string_view id) noexcept;

/// Of all ids that have this time or a later one, none sorts before this.
[[nodiscard]] std::string first_id_at(socketio::Date time);

/// Makes ids. Each sorts after those before, also within a millisecond and when the clock is set
/// back. Any thread.
class MessageIds {
 public:
  struct Stamp {
    std::string id;
    socketio::Date timestamp;  ///< that of the id
  };
  [[nodiscard]] Stamp next(socketio::Date now);

 private:
  std::mutex mutex_;
  socketio::Date last_{};
  std::array<std::uint16_t, 5> random_{};  // the 80 bits, the highest first
};

}  // namespace chat
