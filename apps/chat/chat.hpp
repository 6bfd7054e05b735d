#pragma once

#include "apps/chat/room.hpp"
#include "socketio/server.hpp"

namespace chat {

/// The events of the chat: `join`, `message` and `typing` from a client; `joined`, `left`,
/// `message` and `typing` to the others. Refers to both as long as `io` runs.
void serve_chat(socketio::Server& io, Room& room);

}  // namespace chat
