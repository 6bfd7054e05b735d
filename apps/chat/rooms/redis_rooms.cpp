#include <utility>

#include "apps/chat/rooms/redis_room_scripts.hpp"
#include "apps/chat/rooms/room_directory.hpp"
#include "apps/chat/rooms/room_json.hpp"

namespace chat {

using adapters::redis::Reply;

namespace {

using Texts = std::vector<std::string>;

// The arguments of each begin with the room.

/// Further: name, capacity, metadata.
constexpr const char* create_script = R"(
local id, name, capacity, metadata = unpack(arguments)
if exists(id) then return 'ROOM_EXISTS' end
if not make_room(id, name, capacity, metadata) then return 'TOO_MANY_ROOMS' end
return describe(id)
)";

/// Further: field, value.
constexpr const char* set_script = R"(
local id, field, value = unpack(arguments)
if not exists(id) then return 'NO_SUCH_ROOM' end
redis.call('HSET', room_key(id), field, value)
touch(id)
return 1
)";

constexpr const char* remove_script = R"(
remove_room(arguments[1])
return 1
)";

constexpr const char* find_script = R"(
if not exists(arguments[1]) then return 'NO_SUCH_ROOM' end
return describe(arguments[1])
)";

/// In place of a room: the first one, the last one, from 0.
constexpr const char* list_script = R"(
remove_idle()
local rooms = {}
for i, id in ipairs(redis.call('ZREVRANGE', all_rooms, arguments[1], arguments[2])) do
  rooms[i] = describe(id)
end
return rooms
)";

/// Further: user.
constexpr const char* join_script = R"(
local id, user = unpack(arguments)
local joined, failure = join('members', id, user)
if failure then return failure end
return {describe(id), joined and 1 or 0}
)";

constexpr const char* leave_script = R"(
local id, user = unpack(arguments)
return leave('members', id, user) and 1 or 0
)";

/// Further: how many.
constexpr const char* members_script = R"(
return redis.call('SORT', room_key(arguments[1]) .. ':members', 'ALPHA', 'LIMIT', 0, arguments[2])
)";

constexpr const char* is_member_script = R"(
return redis.call('SISMEMBER', room_key(arguments[1]) .. ':members', arguments[2])
)";

/// In place of a room: the user.
constexpr const char* rooms_of_script = R"(
return rooms_of('members', arguments[1])
)";

/// Further: the event, how many are kept.
constexpr const char* add_event_script = R"(
local id, event, kept = unpack(arguments)
if not exists(id) then return 'NO_SUCH_ROOM' end
redis.call('LPUSH', room_key(id) .. ':events', event)
redis.call('LTRIM', room_key(id) .. ':events', 0, kept - 1)
touch(id)
return 1
)";

/// Further: how many.
constexpr const char* events_script = R"(
return redis.call('LRANGE', room_key(arguments[1]) .. ':events', 0, arguments[2] - 1)
)";

Outcome<Nothing> done(Reply&) { return {}; }
Outcome<bool> to_bool(Reply& reply) { return {.value = reply.integer == 1}; }
Outcome<Texts> to_texts(Reply& reply) { return {.value = to_sorted_texts(reply)}; }
Outcome<Room> to_found(Reply& reply) { return {.value = to_room(reply)}; }

Outcome<std::vector<Room>> to_rooms(Reply& reply) {
  std::vector<Room> rooms;
  for (Reply& description : reply.elements) {
    rooms.push_back(to_room(description));
  }
  return {.value = std::move(rooms)};
}

Outcome<JoinResult> to_join_result(Reply& reply) {
  if (reply.elements.size() != 2) {
    return {};
  }
  return {.value = {.room = to_room(reply.elements[0]), .joined = reply.elements[1].integer == 1}};
}

Outcome<std::vector<RoomEvent>> to_events(Reply& reply) {
  std::vector<RoomEvent> events;
  for (Reply& element : reply.elements) {
    if (auto event = to_event(std::move(element.text))) {
      events.push_back(*std::move(event));
    }
  }
  return {.value = std::move(events)};
}

class RedisRooms final : public RoomDirectory {
 public:
  RedisRooms(std::shared_ptr<adapters::Redis> redis, std::string prefix,
             const RoomOptions& room_options)
      : RoomDirectory(room_options), scripts_(std::move(redis), std::move(prefix), options()) {}

 private:
  void do_create(NewRoom room, std::string metadata, Callback<Room> callback) override {
    scripts_.run<Room>(create_script,
                       {std::move(room.id), std::move(room.name), std::to_string(room.capacity),
                        std::move(metadata)},
                       to_found, std::move(callback));
  }
  void do_set_closed(std::string room, bool closed, Callback<Nothing> callback) override {
    scripts_.run<Nothing>(set_script, {std::move(room), "closed", closed ? "1" : "0"}, done,
                          std::move(callback));
  }
  void do_set_metadata(std::string room, std::string metadata,
                       Callback<Nothing> callback) override {
    scripts_.run<Nothing>(set_script, {std::move(room), "metadata", std::move(metadata)}, done,
                          std::move(callback));
  }
  void do_remove(std::string room, Callback<Nothing> callback) override {
    scripts_.run<Nothing>(remove_script, {std::move(room)}, done, std::move(callback));
  }
  void do_find(std::string room, Callback<Room> callback) override {
    scripts_.run<Room>(find_script, {std::move(room)}, to_found, std::move(callback));
  }
  void do_list(std::size_t offset, std::size_t limit,
               Callback<std::vector<Room>> callback) override {
    scripts_.run<std::vector<Room>>(list_script,
                                    {std::to_string(offset), std::to_string(offset + limit - 1)},
                                    to_rooms, std::move(callback));
  }
  void do_join(std::string room, std::string user, Callback<JoinResult> callback) override {
    scripts_.run<JoinResult>(join_script, {std::move(room), std::move(user)}, to_join_result,
                             std::move(callback));
  }
  void do_leave(std::string room, std::string user, Callback<bool> callback) override {
    scripts_.run<bool>(leave_script, {std::move(room), std::move(user)}, to_bool,
                       std::move(callback));
  }
  void do_members(std::string room, Callback<Texts> callback) override {
    scripts_.run<Texts>(members_script, {std::move(room), std::to_string(options().limits.page)},
                        to_texts, std::move(callback));
  }
  void do_is_member(std::string room, std::string user, Callback<bool> callback) override {
    scripts_.run<bool>(is_member_script, {std::move(room), std::move(user)}, to_bool,
                       std::move(callback));
  }
  void do_rooms_of(std::string user, Callback<Texts> callback) override {
    scripts_.run<Texts>(rooms_of_script, {std::move(user)}, to_texts, std::move(callback));
  }
  void do_add_event(std::string room, std::string event, Callback<Nothing> callback) override {
    scripts_.run<Nothing>(
        add_event_script,
        {std::move(room), std::move(event), std::to_string(options().limits.kept_events)}, done,
        std::move(callback));
  }
  void do_events(std::string room, std::size_t limit,
                 Callback<std::vector<RoomEvent>> callback) override {
    scripts_.run<std::vector<RoomEvent>>(events_script, {std::move(room), std::to_string(limit)},
                                         to_events, std::move(callback));
  }

  RedisRoomScripts scripts_;
};

}  // namespace

std::unique_ptr<RoomDirectory> make_redis_rooms(std::shared_ptr<adapters::Redis> redis,
                                                std::string prefix, RoomOptions options) {
  return std::make_unique<RedisRooms>(std::move(redis), std::move(prefix), options);
}

}  // namespace chat
