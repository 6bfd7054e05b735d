#pragma once

#include <string>
#include <vector>

#include "apps/chat/monitoring/log.hpp"
#include "socketio/server.hpp"

namespace chat {

/// Logs who connects and leaves, and the names of the events of those who have connected while the
/// level was `debug`. `log` must outlive the server.
void trace_sockets(socketio::Server& io, const std::vector<std::string>& namespaces, Log& log);

}  // namespace chat
