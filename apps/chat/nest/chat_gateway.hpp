#pragma once

#include "socketio/namespace.hpp"

namespace chat {

/// The chat gateway of the seed document (section 2) on `nsp`: `joinChat`, `sendMessage`, `typing`.
void serve_nest_chat(socketio::Namespace& nsp);

}  // namespace chat
