#pragma once

#include <string>
#include <string_view>

namespace socketio::detail {

// What a shard does, and the words for it (engineio::Activity).

/// A handler that runs for an event.
struct EventActivity {
  std::string_view name;
  std::string_view nsp;
};

/// Other code of the application.
struct CallActivity {
  std::string_view what;  ///< "a middleware"
  std::string_view nsp;   ///< empty: of none
};

[[nodiscard]] std::string describe_packet(const void* packet);  ///< a Packet from a client
[[nodiscard]] std::string describe_event(const void* activity);
[[nodiscard]] std::string describe_call(const void* activity);

}  // namespace socketio::detail
