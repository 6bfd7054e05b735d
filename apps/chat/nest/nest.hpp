#pragma once

#include <string>

#include "engineio/options.hpp"
#include "socketio/server.hpp"

namespace chat {

/// What the decorator of the chat gateway says about CORS: for engineio::Options::cors.
[[nodiscard]] engineio::Cors nest_cors();

/// The application of seed document 002 as a Nest server puts it on the wire, for clients that were
/// written against one:
///
///  - `/chat`, `/rooms` and `/` with their events, answers and `exception` events;
///  - `POST /judge/send-to-user` `{userId, event, data}` and `POST /judge/broadcast`
///    `{event, data}`, with which a program sends to the users of `/`; any other path is answered
///    404 as Nest does.
///
/// `jwt_secret` is what the tokens of `/` are signed with (HS256, HS384, HS512). In a cluster,
/// users and rooms are shared as Options::adapter says; names in the chat and numbers of members
/// are those of this server. Before run(); everything it needs lives in the handlers. Throws
/// std::invalid_argument for an empty secret.
void serve_nest(socketio::Server& io, const std::string& jwt_secret);

}  // namespace chat
