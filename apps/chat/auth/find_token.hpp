#pragma once

#include "socketio/handshake.hpp"
#include "socketio/value.hpp"

namespace chat {

/// The token that a client connects with: parameter `token` of the query, else the header
/// `Authorization: Bearer …`, else `token` of the auth payload. Null where there is none. Of the
/// auth payload it may be of any type; TokenVerifier::verify_found() refuses what is no text.
[[nodiscard]] socketio::Value find_token(const socketio::Handshake& handshake);

}  // namespace chat
