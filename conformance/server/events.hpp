#pragma once

#include "conformance/server/application.hpp"

namespace conformance {

/// The events of mode app. Arguments that do not fit answer null or are ignored. Node's reference
/// has all but these: `clientAddress` answers HttpRequest::client_address, `block` (ms) holds up
/// the shard, `memory` gives free memory back to the system and answers how many bytes are in use.
void handle_events(socketio::Namespace& nsp, Application& application);

/// Those of them that keep something for each socket.
void handle_events(socketio::Socket& socket);

/// The rooms that an argument names: a string, or a list of strings. nullopt for anything else.
[[nodiscard]] std::optional<socketio::RoomList> to_rooms(socketio::ValueView value);

/// `{id, rooms, data}` of each, sorted by id.
[[nodiscard]] socketio::Value describe_sockets(const std::vector<socketio::RemoteSocket>& sockets);

}  // namespace conformance
