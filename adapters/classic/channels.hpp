#pragma once

#include <string>
#include <string_view>

#include "socketio/broadcast_operator.hpp"

namespace adapters::classic {

/// The channels of a namespace, whoever uses them.
struct Channels {
  Channels(std::string_view key, std::string_view nsp);

  std::string broadcast;  ///< also the beginning of those of rooms
  std::string request;
  std::string response;  ///< also the beginning of those of single servers

  /// Subscribes to the broadcasts of the namespace and of all rooms.
  [[nodiscard]] std::string pattern() const;
  /// For the responses to one server.
  [[nodiscard]] std::string response_to(std::string_view uid) const;
  /// Where a broadcast goes: one room has a channel of its own. The rooms 5 and "5" share one.
  [[nodiscard]] std::string broadcast_to(const socketio::BroadcastOptions& options) const;
  /// The room of a channel of the pattern, empty for that of the whole namespace.
  [[nodiscard]] std::string_view room_of(std::string_view channel) const noexcept;
};

}  // namespace adapters::classic
