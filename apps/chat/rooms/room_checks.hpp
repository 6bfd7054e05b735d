#pragma once

#include <string>

#include "apps/chat/rooms/room_directory.hpp"
#include "apps/chat/store/limit_check.hpp"
#include "apps/chat/wall_clock.hpp"

// What both kinds of records check before they ask a database.
namespace chat {

[[nodiscard]] inline RoomOptions with_clock(RoomOptions options) {
  if (!options.now) {
    options.now = wall_clock;
  }
  return options;
}

[[nodiscard]] inline LimitCheck check_room(const RoomLimits& limits, const std::string& room) {
  LimitCheck check;
  check.text("the room", room, 1, limits.id_bytes);
  return check;
}

[[nodiscard]] inline LimitCheck check_member(const RoomLimits& limits, const std::string& room,
                                             const std::string& user) {
  LimitCheck check = check_room(limits, room);
  check.text("the user's id", user, 1, limits.id_bytes);
  return check;
}

/// True: a limit is broken, and the callback has been told.
template <class T>
[[nodiscard]] bool refused(const LimitCheck& check, Callback<T>& callback) {
  if (check.failed()) {
    answer(callback, check.outcome<T>());
  }
  return check.failed();
}

}  // namespace chat
