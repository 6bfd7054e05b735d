#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "socketio/value.hpp"

namespace emit {

/// What the command line asks for.
struct Order {
  enum class Kind { event, join, leave, disconnect, help };

  Kind kind = Kind::event;
  std::string redis = "redis://127.0.0.1:6379";
  std::string key = "socket.io";
  std::string nsp = "/";
  std::vector<std::string> to = {};
  std::vector<std::string> except = {};
  std::chrono::milliseconds timeout{10'000};

  std::string event = {};
  socketio::Array arguments = {};
  std::vector<std::string> rooms = {};  ///< to join or to leave
  bool close = false;
};

extern const char* const usage;

/// Throws std::invalid_argument with one sentence that says what to change.
[[nodiscard]] Order parse_order(const std::vector<std::string>& words);

}  // namespace emit
