#pragma once

#include <chrono>

#include "socketio/date.hpp"

namespace chat {

/// The time, as clients and other nodes get it.
[[nodiscard]] inline socketio::Date wall_clock() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace chat
