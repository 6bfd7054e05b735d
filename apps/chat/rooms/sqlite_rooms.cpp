#include <chrono>
#include <utility>

#include "apps/chat/rooms/room_directory.hpp"
#include "apps/chat/rooms/room_failures.hpp"
#include "apps/chat/rooms/room_json.hpp"
#include "apps/chat/rooms/sqlite_room_tables.hpp"
#include "apps/chat/store/sqlite.hpp"

namespace chat {

using socketio::Date;
using sqlite::Occupants;

namespace {

/// Rooms that are removed in one transaction because nothing happens in them, and how often it is
/// looked for some.
constexpr std::int64_t idle_at_once = 20;
constexpr std::chrono::minutes idle_interval{10};

std::int64_t to_integer(Date date) { return date.time_since_epoch().count(); }
std::int64_t to_integer(std::size_t size) { return static_cast<std::int64_t>(size); }

/// True: there are more.
bool remove_idle(Connection& connection, Date before) {
  std::vector<std::string> idle;
  {
    Query row(connection, "SELECT id FROM rooms WHERE updated < ? ORDER BY updated LIMIT ?",
              to_integer(before), idle_at_once);
    while (row.next()) {
      idle.push_back(row.text(0));
    }
  }
  for (const std::string& room : idle) {
    sqlite::remove_room(connection, room);
  }
  return std::ssize(idle) == idle_at_once;
}

Outcome<Nothing> done_if(bool exists) {
  return exists ? Outcome<Nothing>{} : no_such_room<Nothing>();
}

class SqliteRooms final : public RoomDirectory {
 public:
  SqliteRooms(std::shared_ptr<Database> database, const RoomOptions& options);

 private:
  void do_create(NewRoom room, std::string metadata, Callback<Room> callback) override;
  void do_set_closed(std::string room, bool closed, Callback<Nothing> callback) override;
  void do_set_metadata(std::string room, std::string metadata, Callback<Nothing> callback) override;
  void do_remove(std::string room, Callback<Nothing> callback) override;
  void do_find(std::string room, Callback<Room> callback) override;
  void do_list(std::size_t offset, std::size_t limit,
               Callback<std::vector<Room>> callback) override;
  void do_join(std::string room, std::string user, Callback<JoinResult> callback) override;
  void do_leave(std::string room, std::string user, Callback<bool> callback) override;
  void do_members(std::string room, Callback<std::vector<std::string>> callback) override;
  void do_is_member(std::string room, std::string user, Callback<bool> callback) override;
  void do_rooms_of(std::string user, Callback<std::vector<std::string>> callback) override;
  void do_add_event(std::string room, std::string event, Callback<Nothing> callback) override;
  void do_events(std::string room, std::size_t limit,
                 Callback<std::vector<RoomEvent>> callback) override;

  const std::shared_ptr<Database> database_;
};

SqliteRooms::SqliteRooms(std::shared_ptr<Database> database, const RoomOptions& options)
    : RoomDirectory(options), database_(std::move(database)) {
  sqlite::make_room_tables(*database_);
  if (this->options().idle_lifetime.count() > 0) {
    database_->repeat(idle_interval, [options = this->options()](Connection& connection) {
      return remove_idle(connection, options.now() - options.idle_lifetime);
    });
  }
}

void SqliteRooms::do_create(NewRoom room, std::string metadata, Callback<Room> callback) {
  const auto work = [room = std::move(room), metadata = std::move(metadata), options = options(),
                     now = options().now()](Connection& connection) -> Outcome<Room> {
    if (sqlite::find_room(connection, room.id)) {
      return room_exists<Room>();
    }
    auto made = sqlite::insert_room(connection, room, metadata, options, now);
    if (!made) {
      return std::move(made).as<Room>();
    }
    return {.value = sqlite::find_room(connection, room.id).value_or(Room{})};
  };
  database_->write<Room>(work, std::move(callback));
}

void SqliteRooms::do_set_closed(std::string room, bool closed, Callback<Nothing> callback) {
  const auto work = [room = std::move(room), closed,
                     now = options().now()](Connection& connection) {
    connection.execute("UPDATE rooms SET closed = ? WHERE id = ?", std::int64_t{closed}, room);
    return done_if(sqlite::touch_room(connection, room, now));
  };
  database_->write<Nothing>(work, std::move(callback));
}

void SqliteRooms::do_set_metadata(std::string room, std::string metadata,
                                  Callback<Nothing> callback) {
  const auto work = [room = std::move(room), metadata = std::move(metadata),
                     now = options().now()](Connection& connection) {
    connection.execute("UPDATE rooms SET metadata = ? WHERE id = ?", metadata, room);
    return done_if(sqlite::touch_room(connection, room, now));
  };
  database_->write<Nothing>(work, std::move(callback));
}

void SqliteRooms::do_remove(std::string room, Callback<Nothing> callback) {
  const auto work = [room = std::move(room)](Connection& connection) -> Outcome<Nothing> {
    sqlite::remove_room(connection, room);
    return {};
  };
  database_->write<Nothing>(work, std::move(callback));
}

void SqliteRooms::do_find(std::string room, Callback<Room> callback) {
  const auto work = [room = std::move(room)](Connection& connection) -> Outcome<Room> {
    auto found = sqlite::find_room(connection, room);
    return found ? Outcome<Room>{.value = *std::move(found)} : no_such_room<Room>();
  };
  database_->read<Room>(work, std::move(callback));
}

void SqliteRooms::do_list(std::size_t offset, std::size_t limit,
                          Callback<std::vector<Room>> callback) {
  const auto work = [offset, limit](Connection& connection) -> Outcome<std::vector<Room>> {
    std::vector<Room> rooms;
    Query row(connection,
              "SELECT id, name, capacity, closed, members, metadata, created, updated FROM rooms "
              "ORDER BY updated DESC, id LIMIT ? OFFSET ?",
              to_integer(limit), to_integer(offset));
    while (row.next()) {
      rooms.push_back(sqlite::read_room(row));
    }
    return {.value = std::move(rooms)};
  };
  database_->read<std::vector<Room>>(work, std::move(callback));
}

void SqliteRooms::do_join(std::string room, std::string user, Callback<JoinResult> callback) {
  const auto work = [room = std::move(room), user = std::move(user), options = options(),
                     now = options().now()](Connection& connection) {
    return sqlite::join(connection, Occupants::members, room, user, options, now);
  };
  database_->write<JoinResult>(work, std::move(callback));
}

void SqliteRooms::do_leave(std::string room, std::string user, Callback<bool> callback) {
  const auto work = [room = std::move(room), user = std::move(user),
                     now = options().now()](Connection& connection) -> Outcome<bool> {
    return {.value = sqlite::leave(connection, Occupants::members, room, user, now)};
  };
  database_->write<bool>(work, std::move(callback));
}

void SqliteRooms::do_members(std::string room, Callback<std::vector<std::string>> callback) {
  const auto work = [room = std::move(room), limit = options().limits.page](
                        Connection& connection) -> Outcome<std::vector<std::string>> {
    return {.value = sqlite::occupants_of(connection, Occupants::members, room, limit)};
  };
  database_->read<std::vector<std::string>>(work, std::move(callback));
}

void SqliteRooms::do_is_member(std::string room, std::string user, Callback<bool> callback) {
  const auto work = [room = std::move(room),
                     user = std::move(user)](Connection& connection) -> Outcome<bool> {
    return {.value = sqlite::contains(connection, Occupants::members, room, user)};
  };
  database_->read<bool>(work, std::move(callback));
}

void SqliteRooms::do_rooms_of(std::string user, Callback<std::vector<std::string>> callback) {
  const auto work =
      [user = std::move(user)](Connection& connection) -> Outcome<std::vector<std::string>> {
    return {.value = sqlite::rooms_of(connection, Occupants::members, user)};
  };
  database_->read<std::vector<std::string>>(work, std::move(callback));
}

void SqliteRooms::do_add_event(std::string room, std::string event, Callback<Nothing> callback) {
  const auto work = [room = std::move(room), event = std::move(event),
                     kept = options().limits.kept_events,
                     now = options().now()](Connection& connection) {
    if (!sqlite::touch_room(connection, room, now)) {
      return no_such_room<Nothing>();
    }
    connection.execute("INSERT INTO room_events (room, event) VALUES (?, ?)", room, event);
    connection.execute(
        "DELETE FROM room_events WHERE room = ? AND number <= (SELECT number FROM room_events "
        "WHERE room = ? ORDER BY number DESC LIMIT 1 OFFSET ?)",
        room, room, to_integer(kept));
    return Outcome<Nothing>{};
  };
  database_->write<Nothing>(work, std::move(callback));
}

void SqliteRooms::do_events(std::string room, std::size_t limit,
                            Callback<std::vector<RoomEvent>> callback) {
  const auto work = [room = std::move(room),
                     limit](Connection& connection) -> Outcome<std::vector<RoomEvent>> {
    std::vector<RoomEvent> events;
    Query row(connection,
              "SELECT event FROM room_events WHERE room = ? ORDER BY number DESC LIMIT ?", room,
              to_integer(limit));
    while (row.next()) {
      if (auto event = to_event(row.text(0))) {
        events.push_back(*std::move(event));
      }
    }
    return {.value = std::move(events)};
  };
  database_->read<std::vector<RoomEvent>>(work, std::move(callback));
}

}  // namespace

std::unique_ptr<RoomDirectory> make_sqlite_rooms(std::shared_ptr<Database> database,
                                                 RoomOptions options) {
  return std::make_unique<SqliteRooms>(std::move(database), options);
}

}  // namespace chat
