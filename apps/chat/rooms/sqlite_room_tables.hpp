#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apps/chat/rooms/room_directory.hpp"

namespace chat {
class Connection;
class Query;
}  // namespace chat

// Rooms and who is in them as statements of SQL. `now` is the time of the request.
namespace chat::sqlite {

/// Members stay, clients go with the program.
enum class Occupants : std::uint8_t { members, clients };

/// For rooms, their events, members and clients. Throws as Database::make_tables().
void make_room_tables(Database& database);

[[nodiscard]] std::optional<Room> find_room(Connection& connection, const std::string& room);
/// The row of a query for `SELECT id, name, capacity, closed, members, metadata, created,
/// updated`.
[[nodiscard]] Room read_room(const Query& row);

/// Fails with too_many_rooms.
[[nodiscard]] Outcome<Nothing> insert_room(Connection& connection, const NewRoom& room,
                                           const std::string& metadata, const RoomOptions& options,
                                           socketio::Date now);

/// Something happened in the room. False: there is none.
bool touch_room(Connection& connection, const std::string& room, socketio::Date now);

void remove_room(Connection& connection, const std::string& room);

/// Makes the room if there is none.
[[nodiscard]] Outcome<JoinResult> join(Connection& connection, Occupants occupants,
                                       const std::string& room, const std::string& who,
                                       const RoomOptions& options, socketio::Date now);
/// False: he was not in it.
bool leave(Connection& connection, Occupants occupants, const std::string& room,
           const std::string& who, socketio::Date now);
[[nodiscard]] bool contains(Connection& connection, Occupants occupants, const std::string& room,
                            const std::string& who);

/// In alphabetical order.
[[nodiscard]] std::vector<std::string> occupants_of(Connection& connection, Occupants occupants,
                                                    const std::string& room, std::size_t limit);
[[nodiscard]] std::vector<std::string> rooms_of(Connection& connection, Occupants occupants,
                                                const std::string& who);

}  // namespace chat::sqlite
