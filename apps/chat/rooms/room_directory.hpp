#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "adapters/redis.hpp"
#include "apps/chat/store/database.hpp"
#include "apps/chat/store/outcome.hpp"
#include "socketio/date.hpp"
#include "socketio/value.hpp"

namespace chat {

/// What a room directory takes. What breaks one of these fails with Failure::invalid and a sentence
/// that names it, unless another failure is named. Bytes are of UTF-8.
struct RoomLimits {
  std::size_t id_bytes = 512;             ///< of a room, a member, a client, a node
  std::size_t name_bytes = 512;           ///< of a room, to be shown
  std::size_t metadata_bytes = 4 * 1024;  ///< as JSON; of a room or a client
  std::size_t event_bytes = 64 * 1024;    ///< as JSON
  std::size_t kept_events = 100;          ///< of each room; the oldest make place
  std::size_t capacity = 100'000;         ///< the highest that a room may have
  std::size_t rooms = 10'000;             ///< that exist; Failure::too_many_rooms
  std::size_t rooms_per_user = 100;       ///< and per client; Failure::too_many_rooms
  std::size_t page = 1'000;               ///< rooms of one list(), members of one members()
};

struct RoomOptions {
  RoomLimits limits = {};
  /// Of a room that says nothing else; 0: any number up to RoomLimits::capacity.
  std::size_t default_capacity = 1'000;
  /// A room in which nothing happened for so long is removed. 0: never.
  std::chrono::hours idle_lifetime{24 * 90};
  /// The time. Any thread. Empty: the system's clock.
  std::function<socketio::Date()> now = nullptr;
};

struct NewRoom {
  std::string id = {};
  std::string name = {};     ///< empty: the id
  std::size_t capacity = 0;  ///< members and, counted apart, clients; 0: the default
  socketio::Object metadata = {};
};

struct Room {
  std::string id = {};
  std::string name = {};
  std::size_t capacity = 0;  ///< 0: any number
  bool closed = false;
  std::size_t members = 0;
  socketio::Object metadata = {};
  socketio::Date created_at = {};
  socketio::Date updated_at = {};  ///< when somebody came or went, or something was said or changed
};

/// What happened in a room.
struct RoomEvent {
  std::string event = {};
  socketio::Value data = {};
  socketio::Date timestamp = {};
};

struct JoinResult {
  Room room = {};
  bool joined = false;  ///< false: he was in it before
};

/// The rooms of the cluster and their members. A member is a user: he stays one when his connection
/// ends, until he leaves. A room that is joined and does not exist is made; so is `create`d one,
/// with a capacity and metadata.
///
/// Threads and lifetime: as MessageStore.
class RoomDirectory {
 public:
  virtual ~RoomDirectory() = default;
  RoomDirectory(const RoomDirectory&) = delete;
  RoomDirectory& operator=(const RoomDirectory&) = delete;

  /// Fails with room_exists, too_many_rooms.
  void create(NewRoom room, Callback<Room> callback);
  /// Nobody joins a closed room, not even a member who comes back: room_closed. Fails with
  /// no_such_room.
  void set_closed(std::string room, bool closed, Callback<Nothing> callback);
  /// Fails with no_such_room.
  void set_metadata(std::string room, socketio::Object metadata, Callback<Nothing> callback);
  /// With members and events; the messages stay in the store. A room that is not there is removed
  /// as well.
  void remove(std::string room, Callback<Nothing> callback);
  /// Fails with no_such_room.
  void find(std::string room, Callback<Room> callback);
  /// Those in which something happened last come first.
  void list(std::size_t offset, std::size_t limit, Callback<std::vector<Room>> callback);

  /// Of two nodes that both want the last place one gets it. Fails with room_full, room_closed,
  /// too_many_rooms.
  void join(std::string room, std::string user, Callback<JoinResult> callback);
  /// True: he was in it.
  void leave(std::string room, std::string user, Callback<bool> callback);
  /// In alphabetical order, at most RoomLimits::page of them. A room that is not there has none.
  void members(std::string room, Callback<std::vector<std::string>> callback);
  void is_member(std::string room, std::string user, Callback<bool> callback);
  /// Where he is a member, in alphabetical order.
  void rooms_of(std::string user, Callback<std::vector<std::string>> callback);

  /// Puts an event at the end of the room's list, with the time of now. Fails with no_such_room.
  void add_event(std::string room, std::string event, socketio::Value data,
                 Callback<Nothing> callback = nullptr);
  /// The newest first, at most RoomLimits::kept_events.
  void events(std::string room, std::size_t limit, Callback<std::vector<RoomEvent>> callback);

 protected:
  explicit RoomDirectory(const RoomOptions& options);

  [[nodiscard]] const RoomOptions& options() const noexcept { return options_; }

 private:
  // The same, of requests that keep the limits.
  virtual void do_create(NewRoom room, std::string metadata, Callback<Room> callback) = 0;
  virtual void do_set_closed(std::string room, bool closed, Callback<Nothing> callback) = 0;
  virtual void do_set_metadata(std::string room, std::string metadata,
                               Callback<Nothing> callback) = 0;
  virtual void do_remove(std::string room, Callback<Nothing> callback) = 0;
  virtual void do_find(std::string room, Callback<Room> callback) = 0;
  virtual void do_list(std::size_t offset, std::size_t limit,
                       Callback<std::vector<Room>> callback) = 0;
  virtual void do_join(std::string room, std::string user, Callback<JoinResult> callback) = 0;
  virtual void do_leave(std::string room, std::string user, Callback<bool> callback) = 0;
  virtual void do_members(std::string room, Callback<std::vector<std::string>> callback) = 0;
  virtual void do_is_member(std::string room, std::string user, Callback<bool> callback) = 0;
  virtual void do_rooms_of(std::string user, Callback<std::vector<std::string>> callback) = 0;
  virtual void do_add_event(std::string room, std::string event, Callback<Nothing> callback) = 0;
  virtual void do_events(std::string room, std::size_t limit,
                         Callback<std::vector<RoomEvent>> callback) = 0;

  const RoomOptions options_;
};

/// Rooms in a SQLite database, which may be that of the messages.
[[nodiscard]] std::unique_ptr<RoomDirectory> make_sqlite_rooms(std::shared_ptr<Database> database,
                                                               RoomOptions options = {});

/// Rooms in Redis, for all nodes. `prefix` as RedisStoreOptions::prefix. The keys:
/// `room:<id>` (hash: id, name, capacity, closed, metadata, createdAt, updatedAt),
/// `room:<id>:members` (set), `room:<id>:clients` (set), `room:<id>:events` (list of JSON, the
/// newest first), `user:<id>:rooms` (set), `rooms` (sorted set by the time of the last change). A
/// `:` or `%` in an id is written `%3A` or `%25`.
[[nodiscard]] std::unique_ptr<RoomDirectory> make_redis_rooms(
    std::shared_ptr<adapters::Redis> redis, std::string prefix = {}, RoomOptions options = {});

}  // namespace chat
