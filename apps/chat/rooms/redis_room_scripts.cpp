#include "apps/chat/rooms/redis_room_scripts.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>

#include "apps/chat/rooms/room_failures.hpp"
#include "apps/chat/rooms/room_json.hpp"
#include "apps/chat/store/message_fields.hpp"

namespace chat {

using adapters::redis::Reply;

namespace {

/// Requests of this node that wait for Redis.
constexpr std::size_t most_waiting = 10'000;

/// KEYS: the sorted set of all rooms, which says where the others are in a cluster. A script that
/// cannot be carried out returns the name of the failure.
constexpr const char* preamble = R"(
local all_rooms, prefix, now, iso_now, idle_before = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local most_rooms, rooms_per_user = tonumber(ARGV[5]), tonumber(ARGV[6])
local default_capacity, highest_capacity = ARGV[7], tonumber(ARGV[8])
local arguments = {unpack(ARGV, 9)}

local function part(id)
  return (string.gsub(id, '[:%%]', {[':'] = '%3A', ['%'] = '%25'}))
end
local function room_key(id) return prefix .. 'room:' .. part(id) end
-- Where somebody is: `who` is a user for members, a client for clients.
local function rooms_key(kind, who)
  return prefix .. (kind == 'members' and 'user:' or 'ws:client:') .. part(who) .. ':rooms'
end

local function exists(id) return redis.call('EXISTS', room_key(id)) == 1 end
local function touch(id)
  redis.call('HSET', room_key(id), 'updatedAt', iso_now)
  redis.call('ZADD', all_rooms, now, id)
end
local function remove_room(id)
  local key = room_key(id)
  redis.call('UNLINK', key, key .. ':members', key .. ':clients', key .. ':events')
  redis.call('ZREM', all_rooms, id)
end
-- A few at a time, but more than are made.
local function remove_idle()
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', all_rooms, '-inf', '(' .. idle_before, 'LIMIT', 0, 10)) do
    remove_room(id)
  end
end
-- False: there are too many.
local function make_room(id, name, capacity, metadata)
  remove_idle()
  if redis.call('ZCARD', all_rooms) >= most_rooms then return false end
  redis.call('HSET', room_key(id), 'id', id, 'name', name, 'capacity', capacity, 'closed', '0',
             'metadata', metadata, 'createdAt', iso_now)
  touch(id)
  return true
end
local function describe(id)
  return {redis.call('HGETALL', room_key(id)), redis.call('SCARD', room_key(id) .. ':members')}
end

-- Removed rooms stay in the list of those who were in them, until somebody looks.
local function rooms_of(kind, who)
  local key, rooms = rooms_key(kind, who), {}
  for _, id in ipairs(redis.call('SMEMBERS', key)) do
    if redis.call('SISMEMBER', room_key(id) .. ':' .. kind, who) == 1 then
      rooms[#rooms + 1] = id
    else
      redis.call('SREM', key, id)
    end
  end
  return rooms
end
-- Returns whether he was not in it before, or nil and the failure.
local function join(kind, id, who)
  local occupants, rooms = room_key(id) .. ':' .. kind, rooms_key(kind, who)
  local joins = redis.call('SISMEMBER', occupants, who) == 0
  if joins and redis.call('SCARD', rooms) >= rooms_per_user
      and #rooms_of(kind, who) >= rooms_per_user then
    return nil, 'IN_TOO_MANY_ROOMS'
  end
  if not exists(id) and not make_room(id, id, default_capacity, '{}') then
    return nil, 'TOO_MANY_ROOMS'
  end
  local closed, capacity = unpack(redis.call('HMGET', room_key(id), 'closed', 'capacity'))
  if closed == '1' then return nil, 'ROOM_CLOSED' end
  if joins then
    capacity = tonumber(capacity) or 0
    if capacity == 0 then capacity = highest_capacity end
    if redis.call('SCARD', occupants) >= capacity then return nil, 'ROOM_FULL' end
    redis.call('SADD', occupants, who)
    redis.call('SADD', rooms, id)
  end
  touch(id)
  return joins
end
local function leave(kind, id, who)
  redis.call('SREM', rooms_key(kind, who), id)
  if redis.call('SREM', room_key(id) .. ':' .. kind, who) == 0 then return false end
  if exists(id) then touch(id) end
  return true
end
)";

socketio::Date date_of(const std::string& text) {
  return socketio::parse_date(text).value_or(socketio::Date{});
}

}  // namespace

RedisRoomScripts::RedisRoomScripts(std::shared_ptr<adapters::Redis> redis, std::string prefix,
                                   const RoomOptions& options)
    : redis_(std::move(redis)),
      prefix_(std::move(prefix)),
      options_(options),
      scripts_(redis_->client(), most_waiting) {}

ScriptCall RedisRoomScripts::call(const std::string& script,
                                  std::vector<std::string> arguments) const {
  const socketio::Date now = options_.now();
  const bool idle_ends = options_.idle_lifetime.count() > 0;
  ScriptCall call{.script = preamble + script,
                  .keys = {prefix_ + "rooms"},
                  .arguments = {prefix_, to_text(now), socketio::format_date(now),
                                idle_ends ? to_text(now - options_.idle_lifetime) : "-inf",
                                std::to_string(options_.limits.rooms),
                                std::to_string(options_.limits.rooms_per_user),
                                std::to_string(options_.default_capacity),
                                std::to_string(options_.limits.capacity)}};
  call.arguments.insert(call.arguments.end(), std::make_move_iterator(arguments.begin()),
                        std::make_move_iterator(arguments.end()));
  return call;
}

Outcome<Nothing> RedisRoomScripts::failure_of(const Reply& reply, const RoomLimits& limits) {
  if (reply.type != Reply::Type::string) {
    return {};
  }
  if (reply.text == code_of(Failure::room_full)) {
    return room_full<Nothing>();
  }
  if (reply.text == code_of(Failure::room_closed)) {
    return room_closed<Nothing>();
  }
  if (reply.text == code_of(Failure::room_exists)) {
    return room_exists<Nothing>();
  }
  if (reply.text == code_of(Failure::too_many_rooms)) {
    return too_many_rooms<Nothing>(limits.rooms);
  }
  if (reply.text == "IN_TOO_MANY_ROOMS") {
    return in_too_many_rooms<Nothing>(limits.rooms_per_user);
  }
  if (reply.text == "NO_SUCH_CLIENT") {
    return no_such_client<Nothing>();
  }
  return no_such_room<Nothing>();
}

Room to_room(Reply& description) {
  Room room;
  if (description.elements.size() != 2) {
    return room;
  }
  std::map<std::string, std::string> fields;
  std::vector<Reply>& pairs = description.elements[0].elements;
  for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
    fields.emplace(std::move(pairs[i].text), std::move(pairs[i + 1].text));
  }
  return {.id = fields["id"],
          .name = fields["name"],
          .capacity = std::strtoull(fields["capacity"].c_str(), nullptr, 10),
          .closed = fields["closed"] == "1",
          .members = static_cast<std::size_t>(description.elements[1].integer),
          .metadata = to_object(fields["metadata"]),
          .created_at = date_of(fields["createdAt"]),
          .updated_at = date_of(fields["updatedAt"])};
}

std::vector<std::string> to_sorted_texts(Reply& reply) {
  std::vector<std::string> texts;
  for (Reply& element : reply.elements) {
    texts.push_back(std::move(element.text));
  }
  std::sort(texts.begin(), texts.end());
  return texts;
}

}  // namespace chat
