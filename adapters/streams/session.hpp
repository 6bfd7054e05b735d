#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "socketio/adapter.hpp"
#include "socketio/broadcast_operator.hpp"

namespace adapters::streams {

/// A session as it lies in Redis: base64 of the MessagePack of `{sid, pid, rooms, data}`.
[[nodiscard]] std::string encode_session(const socketio::SessionState& session);
/// nullopt: it is none.
[[nodiscard]] std::optional<socketio::SessionState> decode_session(std::string_view text);

/// Whether a broadcast was meant for whoever has the session.
[[nodiscard]] bool is_for(const socketio::BroadcastOptions& options,
                          const socketio::SessionState& session);

}  // namespace adapters::streams
