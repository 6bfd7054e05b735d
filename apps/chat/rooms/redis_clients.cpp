#include <map>
#include <utility>

#include "apps/chat/rooms/client_records.hpp"
#include "apps/chat/rooms/redis_room_scripts.hpp"
#include "apps/chat/rooms/room_json.hpp"

namespace chat {

using adapters::redis::Reply;

namespace {

using Texts = std::vector<std::string>;

constexpr const char* client_functions = R"(
local function client_key(client) return prefix .. 'ws:client:' .. part(client) end
local function clients_key(node) return prefix .. 'ws:node:' .. part(node) .. ':clients' end
-- Returns the rooms that it was in.
local function remove_client(client)
  local rooms = rooms_of('clients', client)
  for _, id in ipairs(rooms) do leave('clients', id, client) end
  local node = redis.call('HGET', client_key(client), 'node')
  if node then redis.call('SREM', clients_key(node), client) end
  redis.call('DEL', client_key(client), rooms_key('clients', client))
  return rooms
end
)";

// The arguments of each begin with the client.

/// Further: metadata, node.
constexpr const char* add_script = R"(
local client, metadata, node = unpack(arguments)
redis.call('HSET', client_key(client), 'id', client, 'metadata', metadata, 'connectedAt', iso_now,
           'lastActiveAt', iso_now, 'node', node)
redis.call('SADD', clients_key(node), client)
return 1
)";

constexpr const char* touch_script = R"(
local key = client_key(arguments[1])
if redis.call('EXISTS', key) == 1 then redis.call('HSET', key, 'lastActiveAt', iso_now) end
return 1
)";

constexpr const char* remove_script = R"(
return remove_client(arguments[1])
)";

constexpr const char* find_script = R"(
return {redis.call('HGETALL', client_key(arguments[1])), rooms_of('clients', arguments[1])}
)";

/// Further: room.
constexpr const char* join_script = R"(
local client, id = unpack(arguments)
if redis.call('EXISTS', client_key(client)) == 0 then return 'NO_SUCH_CLIENT' end
local joined, failure = join('clients', id, client)
if failure then return failure end
return joined and 1 or 0
)";

constexpr const char* leave_script = R"(
local client, id = unpack(arguments)
return leave('clients', id, client) and 1 or 0
)";

/// In place of a client: the room. Further: how many clients.
constexpr const char* find_room_script = R"(
local id, limit = unpack(arguments)
if not exists(id) then return 'NO_SUCH_ROOM' end
return {describe(id), redis.call('SORT', room_key(id) .. ':clients', 'ALPHA', 'LIMIT', 0, limit)}
)";

/// In place of a client: the node. Further: how many clients at once.
constexpr const char* remove_node_script = R"(
local node, most = unpack(arguments)
local rooms, known = {}, {}
for _, client in ipairs(redis.call('SPOP', clients_key(node), most)) do
  for _, id in ipairs(remove_client(client)) do
    if not known[id] then
      known[id] = true
      rooms[#rooms + 1] = id
    end
  end
end
return {rooms, redis.call('SCARD', clients_key(node))}
)";

/// Clients of a dead node whose records are removed by one script.
constexpr std::size_t removed_at_once = 100;

Outcome<Nothing> done(Reply&) { return {}; }
Outcome<bool> to_bool(Reply& reply) { return {.value = reply.integer == 1}; }
Outcome<Texts> to_texts(Reply& reply) { return {.value = to_sorted_texts(reply)}; }

Outcome<ClientRecord> to_client(Reply& reply) {
  if (reply.elements.size() != 2 || reply.elements[0].elements.empty()) {
    return {};
  }
  std::map<std::string, std::string> fields;
  std::vector<Reply>& pairs = reply.elements[0].elements;
  for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
    fields.emplace(std::move(pairs[i].text), std::move(pairs[i + 1].text));
  }
  const auto date = [&](const char* field) {
    return socketio::parse_date(fields[field]).value_or(socketio::Date{});
  };
  return {.value = {.id = fields["id"],
                    .rooms = to_sorted_texts(reply.elements[1]),
                    .metadata = to_object(fields["metadata"]),
                    .connected_at = date("connectedAt"),
                    .last_active_at = date("lastActiveAt"),
                    .node = fields["node"]}};
}

Outcome<RoomRecord> to_room_record(Reply& reply) {
  if (reply.elements.size() != 2) {
    return {};
  }
  return {
      .value = {.room = to_room(reply.elements[0]), .clients = to_sorted_texts(reply.elements[1])}};
}

class RedisClients final : public ClientRecords {
 public:
  RedisClients(std::shared_ptr<adapters::Redis> redis, std::string node, std::string prefix,
               const RoomOptions& room_options)
      : ClientRecords(room_options, std::move(node)),
        scripts_(std::move(redis), std::move(prefix), options()) {}

 private:
  template <class T>
  void run(const char* script, std::vector<std::string> arguments, RedisScripts::Read<T> read,
           Callback<T> callback) {
    scripts_.run<T>(client_functions + std::string(script), std::move(arguments), std::move(read),
                    std::move(callback));
  }

  void do_add(std::string client, std::string metadata, Callback<Nothing> callback) override {
    run<Nothing>(add_script, {std::move(client), std::move(metadata), node()}, done,
                 std::move(callback));
  }
  void do_touch(std::string client, Callback<Nothing> callback) override {
    run<Nothing>(touch_script, {std::move(client)}, done, std::move(callback));
  }
  void do_remove(std::string client, Callback<Texts> callback) override {
    run<Texts>(remove_script, {std::move(client)}, to_texts, std::move(callback));
  }
  void do_find(std::string client, Callback<ClientRecord> callback) override {
    run<ClientRecord>(find_script, {std::move(client)}, to_client, std::move(callback));
  }
  void do_join(std::string client, std::string room, Callback<bool> callback) override {
    run<bool>(join_script, {std::move(client), std::move(room)}, to_bool, std::move(callback));
  }
  void do_leave(std::string client, std::string room, Callback<bool> callback) override {
    run<bool>(leave_script, {std::move(client), std::move(room)}, to_bool, std::move(callback));
  }
  void do_find_room(std::string room, Callback<RoomRecord> callback) override {
    run<RoomRecord>(find_room_script, {std::move(room), std::to_string(options().limits.page)},
                    to_room_record, std::move(callback));
  }
  void do_remove_node(std::string node, Callback<Removed> callback) override {
    const auto read = [](Reply& reply) -> Outcome<Removed> {
      if (reply.elements.size() != 2) {
        return {};
      }
      return {.value = {.rooms = to_sorted_texts(reply.elements[0]),
                        .finished = reply.elements[1].integer == 0}};
    };
    run<Removed>(remove_node_script, {std::move(node), std::to_string(removed_at_once)}, read,
                 std::move(callback));
  }

  RedisRoomScripts scripts_;
};

}  // namespace

std::unique_ptr<ClientRecords> make_redis_clients(std::shared_ptr<adapters::Redis> redis,
                                                  std::string node, std::string prefix,
                                                  RoomOptions options) {
  return std::make_unique<RedisClients>(std::move(redis), std::move(node), std::move(prefix),
                                        options);
}

}  // namespace chat
