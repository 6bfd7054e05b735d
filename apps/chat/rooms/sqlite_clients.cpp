#include <chrono>
#include <utility>

#include "apps/chat/rooms/client_records.hpp"
#include "apps/chat/rooms/room_failures.hpp"
#include "apps/chat/rooms/room_json.hpp"
#include "apps/chat/rooms/sqlite_room_tables.hpp"
#include "apps/chat/store/sqlite.hpp"

namespace chat {

using socketio::Date;
using sqlite::Occupants;

namespace {

using Texts = std::vector<std::string>;

std::int64_t to_integer(Date date) { return date.time_since_epoch().count(); }
Date to_date(std::int64_t milliseconds) { return Date(std::chrono::milliseconds(milliseconds)); }

bool exists(Connection& connection, const std::string& client) {
  Query row(connection, "SELECT 1 FROM temp.clients WHERE id = ?", client);
  return row.next();
}

class SqliteClients final : public ClientRecords {
 public:
  SqliteClients(std::shared_ptr<Database> database, std::string node, const RoomOptions& options)
      : ClientRecords(options, std::move(node)), database_(std::move(database)) {
    sqlite::make_room_tables(*database_);
  }

 private:
  void do_add(std::string client, std::string metadata, Callback<Nothing> callback) override;
  void do_touch(std::string client, Callback<Nothing> callback) override;
  void do_remove(std::string client, Callback<Texts> callback) override;
  void do_find(std::string client, Callback<ClientRecord> callback) override;
  void do_join(std::string client, std::string room, Callback<bool> callback) override;
  void do_leave(std::string client, std::string room, Callback<bool> callback) override;
  void do_find_room(std::string room, Callback<RoomRecord> callback) override;
  void do_remove_node(std::string node, Callback<Removed> callback) override;

  const std::shared_ptr<Database> database_;
};

void SqliteClients::do_add(std::string client, std::string metadata, Callback<Nothing> callback) {
  const auto work = [client = std::move(client), metadata = std::move(metadata),
                     now = options().now()](Connection& connection) -> Outcome<Nothing> {
    connection.execute("INSERT OR REPLACE INTO temp.clients VALUES (?, ?, ?, ?)", client, metadata,
                       to_integer(now), to_integer(now));
    return {};
  };
  database_->write<Nothing>(work, std::move(callback));
}

void SqliteClients::do_touch(std::string client, Callback<Nothing> callback) {
  const auto work = [client = std::move(client),
                     now = options().now()](Connection& connection) -> Outcome<Nothing> {
    connection.execute("UPDATE temp.clients SET active = ? WHERE id = ?", to_integer(now), client);
    return {};
  };
  database_->write<Nothing>(work, std::move(callback));
}

void SqliteClients::do_remove(std::string client, Callback<Texts> callback) {
  const auto work = [client = std::move(client),
                     now = options().now()](Connection& connection) -> Outcome<Texts> {
    Texts rooms = sqlite::rooms_of(connection, Occupants::clients, client);
    for (const std::string& room : rooms) {
      sqlite::leave(connection, Occupants::clients, room, client, now);
    }
    connection.execute("DELETE FROM temp.clients WHERE id = ?", client);
    return {.value = std::move(rooms)};
  };
  database_->write<Texts>(work, std::move(callback));
}

void SqliteClients::do_find(std::string client, Callback<ClientRecord> callback) {
  const auto work = [client = std::move(client),
                     node = node()](Connection& connection) -> Outcome<ClientRecord> {
    Query row(connection, "SELECT metadata, connected, active FROM temp.clients WHERE id = ?",
              client);
    if (!row.next()) {
      return {};
    }
    return {.value = {.id = client,
                      .rooms = sqlite::rooms_of(connection, Occupants::clients, client),
                      .metadata = to_object(row.text(0)),
                      .connected_at = to_date(row.integer(1)),
                      .last_active_at = to_date(row.integer(2)),
                      .node = node}};
  };
  database_->read<ClientRecord>(work, std::move(callback));
}

void SqliteClients::do_join(std::string client, std::string room, Callback<bool> callback) {
  const auto work = [client = std::move(client), room = std::move(room), options = options(),
                     now = options().now()](Connection& connection) -> Outcome<bool> {
    if (!exists(connection, client)) {
      return no_such_client<bool>();
    }
    auto joined = sqlite::join(connection, Occupants::clients, room, client, options, now);
    return {
        .failure = joined.failure, .error = std::move(joined.error), .value = joined.value.joined};
  };
  database_->write<bool>(work, std::move(callback));
}

void SqliteClients::do_leave(std::string client, std::string room, Callback<bool> callback) {
  const auto work = [client = std::move(client), room = std::move(room),
                     now = options().now()](Connection& connection) -> Outcome<bool> {
    return {.value = sqlite::leave(connection, Occupants::clients, room, client, now)};
  };
  database_->write<bool>(work, std::move(callback));
}

void SqliteClients::do_find_room(std::string room, Callback<RoomRecord> callback) {
  const auto work = [room = std::move(room),
                     limit = options().limits.page](Connection& connection) -> Outcome<RoomRecord> {
    auto found = sqlite::find_room(connection, room);
    if (!found) {
      return no_such_room<RoomRecord>();
    }
    return {
        .value = {.room = *std::move(found),
                  .clients = sqlite::occupants_of(connection, Occupants::clients, room, limit)}};
  };
  database_->read<RoomRecord>(work, std::move(callback));
}

void SqliteClients::do_remove_node(std::string node, Callback<Removed> callback) {
  // This node is the only one that has records here, and it lives.
  const auto work = [node = std::move(node)](Connection&) -> Outcome<Removed> { return {}; };
  database_->read<Removed>(work, std::move(callback));
}

}  // namespace

std::unique_ptr<ClientRecords> make_sqlite_clients(std::shared_ptr<Database> database,
                                                   std::string node, RoomOptions options) {
  return std::make_unique<SqliteClients>(std::move(database), std::move(node), options);
}

}  // namespace chat
