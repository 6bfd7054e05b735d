#pragma once

#include <cstddef>

#include "apps/chat/store/outcome.hpp"

namespace chat {

/// So many messages in a row that a recipient has read, and mark_read() expects no unread ones
/// behind them. More than one, because the clocks of nodes differ a little: a message may arrive
/// late between older ones.
inline constexpr std::size_t read_run = 16;

template <class T>
[[nodiscard]] Outcome<T> no_such_message() {
  return {.failure = Failure::no_such_message,
          .error = "there is no such message, or it was removed for its age",
          .value = {}};
}

}  // namespace chat
