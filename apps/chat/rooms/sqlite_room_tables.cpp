#include "apps/chat/rooms/sqlite_room_tables.hpp"

#include <chrono>
#include <utility>

#include "apps/chat/rooms/room_failures.hpp"
#include "apps/chat/rooms/room_json.hpp"
#include "apps/chat/store/sqlite.hpp"

namespace chat::sqlite {

using socketio::Date;

namespace {

constexpr std::int64_t version = 1;
constexpr const char* room_tables = R"(
CREATE TABLE rooms (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  capacity INTEGER NOT NULL,  -- 0: any number
  closed INTEGER NOT NULL DEFAULT 0,
  members INTEGER NOT NULL DEFAULT 0,
  metadata TEXT NOT NULL,     -- JSON
  created INTEGER NOT NULL,   -- milliseconds since 1970
  updated INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX rooms_by_update ON rooms (updated);
CREATE TABLE room_members (
  room TEXT NOT NULL,
  who TEXT NOT NULL,
  PRIMARY KEY (room, who)
) WITHOUT ROWID;
CREATE INDEX rooms_of_members ON room_members (who, room);
CREATE TABLE room_events (
  number INTEGER PRIMARY KEY,
  room TEXT NOT NULL,
  event TEXT NOT NULL         -- JSON
);
CREATE INDEX events_of_rooms ON room_events (room, number);
)";

/// Temporary tables are in memory and end with the connection to the database.
constexpr const char* client_tables = R"(
CREATE TEMP TABLE IF NOT EXISTS clients (
  id TEXT PRIMARY KEY,
  metadata TEXT NOT NULL,      -- JSON
  connected INTEGER NOT NULL,  -- milliseconds since 1970
  active INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS room_clients (
  room TEXT NOT NULL,
  who TEXT NOT NULL,
  PRIMARY KEY (room, who)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS temp.rooms_of_clients ON room_clients (who, room);
)";

/// The statements for one of the two tables of occupants.
struct Table {
  explicit Table(const std::string& name)
      : count("SELECT count(*) FROM " + name + " WHERE room = ?"),
        count_rooms("SELECT count(*) FROM " + name + " WHERE who = ?"),
        find("SELECT 1 FROM " + name + " WHERE room = ? AND who = ?"),
        insert("INSERT INTO " + name + " (room, who) VALUES (?, ?)"),
        remove("DELETE FROM " + name + " WHERE room = ? AND who = ?"),
        list("SELECT who FROM " + name + " WHERE room = ? ORDER BY who LIMIT ?"),
        list_rooms("SELECT room FROM " + name + " WHERE who = ? ORDER BY room") {}

  std::string count, count_rooms, find, insert, remove, list, list_rooms;
};

const Table& table_of(Occupants occupants) {
  static const Table members("room_members");
  static const Table clients("temp.room_clients");
  return occupants == Occupants::members ? members : clients;
}

std::int64_t to_integer(Date date) { return date.time_since_epoch().count(); }
std::int64_t to_integer(std::size_t size) { return static_cast<std::int64_t>(size); }
Date to_date(std::int64_t milliseconds) { return Date(std::chrono::milliseconds(milliseconds)); }

std::size_t count(Connection& connection, const std::string& sql, const std::string& of) {
  Query row(connection, sql.c_str(), of);
  return row.next() ? static_cast<std::size_t>(row.integer(0)) : 0;
}

std::vector<std::string> list(Query& row) {
  std::vector<std::string> texts;
  while (row.next()) {
    texts.push_back(row.text(0));
  }
  return texts;
}

/// The room to join, made if there is none.
Outcome<Room> find_or_insert(Connection& connection, const std::string& id,
                             const RoomOptions& options, Date now) {
  if (auto found = find_room(connection, id)) {
    return {.value = *std::move(found)};
  }
  const NewRoom room{.id = id, .name = id, .capacity = options.default_capacity, .metadata = {}};
  if (auto made = insert_room(connection, room, to_json(room.metadata), options, now); !made) {
    return std::move(made).as<Room>();
  }
  return {.value = find_room(connection, id).value_or(Room{})};
}

}  // namespace

void make_room_tables(Database& database) {
  database.make_tables("rooms", version, room_tables);
  database.execute(client_tables);
}

Room read_room(const Query& row) {
  return {.id = row.text(0),
          .name = row.text(1),
          .capacity = static_cast<std::size_t>(row.integer(2)),
          .closed = row.integer(3) != 0,
          .members = static_cast<std::size_t>(row.integer(4)),
          .metadata = to_object(row.text(5)),
          .created_at = to_date(row.integer(6)),
          .updated_at = to_date(row.integer(7))};
}

std::optional<Room> find_room(Connection& connection, const std::string& room) {
  Query row(connection,
            "SELECT id, name, capacity, closed, members, metadata, created, updated FROM rooms "
            "WHERE id = ?",
            room);
  return row.next() ? std::optional(read_room(row)) : std::nullopt;
}

Outcome<Nothing> insert_room(Connection& connection, const NewRoom& room,
                             const std::string& metadata, const RoomOptions& options, Date now) {
  {
    Query rooms(connection, "SELECT count(*) FROM rooms");
    if (rooms.next() && rooms.integer(0) >= to_integer(options.limits.rooms)) {
      return too_many_rooms<Nothing>(options.limits.rooms);
    }
  }
  connection.execute(
      "INSERT INTO rooms (id, name, capacity, metadata, created, updated) VALUES (?, ?, ?, ?, ?, "
      "?)",
      room.id, room.name, to_integer(room.capacity), metadata, to_integer(now), to_integer(now));
  return {};
}

bool touch_room(Connection& connection, const std::string& room, Date now) {
  return connection.execute("UPDATE rooms SET updated = ? WHERE id = ?", to_integer(now), room) > 0;
}

void remove_room(Connection& connection, const std::string& room) {
  connection.execute("DELETE FROM rooms WHERE id = ?", room);
  connection.execute("DELETE FROM room_members WHERE room = ?", room);
  connection.execute("DELETE FROM room_events WHERE room = ?", room);
  connection.execute("DELETE FROM temp.room_clients WHERE room = ?", room);
}

Outcome<JoinResult> join(Connection& connection, Occupants occupants, const std::string& room,
                         const std::string& who, const RoomOptions& options, Date now) {
  const Table& table = table_of(occupants);
  const bool joined = !contains(connection, occupants, room, who);
  if (joined && count(connection, table.count_rooms, who) >= options.limits.rooms_per_user) {
    return in_too_many_rooms<JoinResult>(options.limits.rooms_per_user);
  }
  Outcome<Room> found = find_or_insert(connection, room, options, now);
  if (!found) {
    return std::move(found).as<JoinResult>();
  }
  if (found.value.closed) {
    return room_closed<JoinResult>();
  }
  if (joined) {
    const std::size_t capacity =
        found.value.capacity > 0 ? found.value.capacity : options.limits.capacity;
    if (count(connection, table.count, room) >= capacity) {
      return room_full<JoinResult>();
    }
    connection.execute(table.insert.c_str(), room, who);
    if (occupants == Occupants::members) {
      connection.execute("UPDATE rooms SET members = members + 1 WHERE id = ?", room);
      ++found.value.members;
    }
  }
  touch_room(connection, room, now);
  found.value.updated_at = now;
  return {.value = {.room = std::move(found.value), .joined = joined}};
}

bool leave(Connection& connection, Occupants occupants, const std::string& room,
           const std::string& who, Date now) {
  if (connection.execute(table_of(occupants).remove.c_str(), room, who) == 0) {
    return false;
  }
  if (occupants == Occupants::members) {
    connection.execute("UPDATE rooms SET members = members - 1 WHERE id = ?", room);
  }
  touch_room(connection, room, now);
  return true;
}

bool contains(Connection& connection, Occupants occupants, const std::string& room,
              const std::string& who) {
  Query row(connection, table_of(occupants).find.c_str(), room, who);
  return row.next();
}

std::vector<std::string> occupants_of(Connection& connection, Occupants occupants,
                                      const std::string& room, std::size_t limit) {
  Query row(connection, table_of(occupants).list.c_str(), room, to_integer(limit));
  return list(row);
}

std::vector<std::string> rooms_of(Connection& connection, Occupants occupants,
                                  const std::string& who) {
  Query row(connection, table_of(occupants).list_rooms.c_str(), who);
  return list(row);
}

}  // namespace chat::sqlite
