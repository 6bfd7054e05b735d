#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "socketio/server.hpp"

namespace chat {

/// How many rooms there are on this node, those that every socket has of its own not counted. They
/// are counted now and then, because it costs: value() may be `interval` old.
class RoomCount {
 public:
  static constexpr std::chrono::seconds interval{5};

  /// Counts from when the server runs until it stops. `io` must outlive it.
  RoomCount(socketio::Server& io, const std::vector<std::string>& namespaces);

  /// Any thread.
  [[nodiscard]] std::size_t value() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace chat
