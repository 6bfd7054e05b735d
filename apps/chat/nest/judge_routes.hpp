#pragma once

#include "socketio/server.hpp"

namespace chat {

/// `POST /judge/send-to-user` and `POST /judge/broadcast`, for the users of `/`: 201
/// `{success:true}`; 400 with what is wrong with the body; 500 for the name of an event that is
/// reserved. Every other request is answered as Nest answers one for which it has no route.
void serve_judge_routes(socketio::Server& io);

}  // namespace chat
