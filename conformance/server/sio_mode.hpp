#pragma once

#include "socketio/server.hpp"

namespace conformance {

/// Mode sio: what the official suite of the Socket.IO protocol expects of a server.
void serve_protocol_suite(socketio::Server& io);

}  // namespace conformance
