#pragma once

#include "socketio/namespace.hpp"

namespace chat {

/// The rooms gateway of the seed document (section 3) on `nsp`: `joinRoom`, `leaveRoom`,
/// `sendRoomMessage`, `getRoomMembers`. What a client names a room by may be of any type, as in
/// Node: the room 5 is not the room "5", and a list names several.
void serve_nest_rooms(socketio::Namespace& nsp);

}  // namespace chat
