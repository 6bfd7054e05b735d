#pragma once

#include <optional>
#include <string>

#include "apps/chat/rooms/room_directory.hpp"
#include "socketio/value.hpp"

namespace chat {

/// Metadata as it is stored.
[[nodiscard]] std::string to_json(const socketio::Object& object);
/// Empty where the text is no object.
[[nodiscard]] socketio::Object to_object(std::string json);

/// `{"event":…,"data":…,"timestamp":…}`, the time in milliseconds since 1970.
[[nodiscard]] std::string to_json(const RoomEvent& event);
/// nullopt: it is no event.
[[nodiscard]] std::optional<RoomEvent> to_event(std::string json);

}  // namespace chat
