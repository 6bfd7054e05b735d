#include "apps/chat/rooms/room_directory.hpp"

#include <chrono>
#include <utility>

#include "apps/chat/rooms/room_checks.hpp"
#include "apps/chat/rooms/room_json.hpp"

namespace chat {

using socketio::Object;
using socketio::Value;

RoomDirectory::RoomDirectory(const RoomOptions& options) : options_(with_clock(options)) {}

void RoomDirectory::create(NewRoom room, Callback<Room> callback) {
  const RoomLimits& limits = options_.limits;
  std::string metadata = to_json(room.metadata);
  LimitCheck check = check_room(limits, room.id);
  check.text("the room's name", room.name, 0, limits.name_bytes);
  check.size("the capacity", room.capacity, 0, limits.capacity, "places");
  check.text("the metadata", metadata, 0, limits.metadata_bytes);
  if (refused(check, callback)) {
    return;
  }
  if (room.name.empty()) {
    room.name = room.id;
  }
  if (room.capacity == 0) {
    room.capacity = options_.default_capacity;
  }
  do_create(std::move(room), std::move(metadata), std::move(callback));
}

void RoomDirectory::set_closed(std::string room, bool closed, Callback<Nothing> callback) {
  if (!refused(check_room(options_.limits, room), callback)) {
    do_set_closed(std::move(room), closed, std::move(callback));
  }
}

void RoomDirectory::set_metadata(std::string room, Object metadata, Callback<Nothing> callback) {
  std::string json = to_json(metadata);
  LimitCheck check = check_room(options_.limits, room);
  check.text("the metadata", json, 0, options_.limits.metadata_bytes);
  if (!refused(check, callback)) {
    do_set_metadata(std::move(room), std::move(json), std::move(callback));
  }
}

void RoomDirectory::remove(std::string room, Callback<Nothing> callback) {
  if (!refused(check_room(options_.limits, room), callback)) {
    do_remove(std::move(room), std::move(callback));
  }
}

void RoomDirectory::find(std::string room, Callback<Room> callback) {
  if (!refused(check_room(options_.limits, room), callback)) {
    do_find(std::move(room), std::move(callback));
  }
}

void RoomDirectory::list(std::size_t offset, std::size_t limit,
                         Callback<std::vector<Room>> callback) {
  LimitCheck check;
  check.size("the page", limit, 1, options_.limits.page, "rooms");
  check.size("the part left out", offset, 0, options_.limits.rooms, "rooms");
  if (!refused(check, callback)) {
    do_list(offset, limit, std::move(callback));
  }
}

void RoomDirectory::join(std::string room, std::string user, Callback<JoinResult> callback) {
  if (!refused(check_member(options_.limits, room, user), callback)) {
    do_join(std::move(room), std::move(user), std::move(callback));
  }
}

void RoomDirectory::leave(std::string room, std::string user, Callback<bool> callback) {
  if (!refused(check_member(options_.limits, room, user), callback)) {
    do_leave(std::move(room), std::move(user), std::move(callback));
  }
}

void RoomDirectory::members(std::string room, Callback<std::vector<std::string>> callback) {
  if (!refused(check_room(options_.limits, room), callback)) {
    do_members(std::move(room), std::move(callback));
  }
}

void RoomDirectory::is_member(std::string room, std::string user, Callback<bool> callback) {
  if (!refused(check_member(options_.limits, room, user), callback)) {
    do_is_member(std::move(room), std::move(user), std::move(callback));
  }
}

void RoomDirectory::rooms_of(std::string user, Callback<std::vector<std::string>> callback) {
  LimitCheck check;
  check.text("the user's id", user, 1, options_.limits.id_bytes);
  if (!refused(check, callback)) {
    do_rooms_of(std::move(user), std::move(callback));
  }
}

void RoomDirectory::add_event(std::string room, std::string event, Value data,
                              Callback<Nothing> callback) {
  std::string json = to_json(
      RoomEvent{.event = std::move(event), .data = std::move(data), .timestamp = options_.now()});
  LimitCheck check = check_room(options_.limits, room);
  check.text("the event", json, 1, options_.limits.event_bytes);
  if (!refused(check, callback)) {
    do_add_event(std::move(room), std::move(json), std::move(callback));
  }
}

void RoomDirectory::events(std::string room, std::size_t limit,
                           Callback<std::vector<RoomEvent>> callback) {
  LimitCheck check = check_room(options_.limits, room);
  check.size("the page", limit, 1, options_.limits.kept_events, "events");
  if (!refused(check, callback)) {
    do_events(std::move(room), limit, std::move(callback));
  }
}

}  // namespace chat
