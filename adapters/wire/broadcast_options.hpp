#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "socketio/broadcast_operator.hpp"
#include "socketio/value_view.hpp"
#include "socketio/writer.hpp"

namespace adapters::wire {

/// `"a"`, or `5` for a numeric room (socketio::numeric_room()).
void write_room(socketio::Writer& writer, std::string_view room);
/// nullopt unless it is a string or a number.
[[nodiscard]] std::optional<std::string> read_room(socketio::ValueView value);

/// `["a", 5, …]`: a numeric room stays a number.
void write_rooms(socketio::Writer& writer, const std::vector<std::string>& rooms);
/// nullopt unless it is an array. Elements that are no rooms are left out.
[[nodiscard]] std::optional<std::vector<std::string>> read_rooms(socketio::ValueView value);

/// `{"rooms", "except"}`: whom a join, leave, disconnect or fetch is about.
void write_selection(socketio::Writer& writer, const socketio::BroadcastOptions& options);

/// `{"rooms", "except", "flags"}`: a broadcast of an adapter.
void write_options(socketio::Writer& writer, const socketio::BroadcastOptions& options);

/// `{"rooms", "flags", "except"}`: a broadcast of an emitter.
void write_emitter_options(socketio::Writer& writer, const socketio::BroadcastOptions& options);

/// Any of the above, members in any order, unknown ones ignored. `rooms` and `except` may be
/// missing or null, as Node takes them; nullopt if one of them is anything but an array, or `value`
/// is no object.
[[nodiscard]] std::optional<socketio::BroadcastOptions> read_options(socketio::ValueView value);

}  // namespace adapters::wire
