#pragma once

#include <optional>

#include "socketio/broadcast_operator.hpp"
#include "socketio/value_view.hpp"
#include "socketio/writer.hpp"

namespace adapters::wire {

/// `{"id", "handshake", "rooms", "data"}`, as Node servers show a socket to each other.
void write_socket(socketio::Writer& writer, const socketio::SocketDescription& socket);
/// nullopt without an id; all else may be missing.
[[nodiscard]] std::optional<socketio::SocketDescription> read_socket(socketio::ValueView value);

}  // namespace adapters::wire
