#include "adapters/wire/broadcast_options.hpp"

#include <chrono>
#include <cstdint>
#include <limits>
#include <utility>

#include "socketio/adapter.hpp"

namespace adapters::wire {

using socketio::BroadcastOptions;
using socketio::ValueView;
using socketio::Writer;

namespace {

/// `local` is never told to others. The order of the keys is that of Node's operators, where
/// expectSingleResponse comes first of those that a RemoteSocket sets.
void write_flags(Writer& writer, const BroadcastOptions& options) {
  writer.begin_object((options.volatile_packet ? 1 : 0) + (options.compress ? 1 : 0) +
                      (options.expect_single_response ? 1 : 0) + (options.timeout ? 1 : 0));
  if (options.volatile_packet) {
    writer.key("volatile");
    writer.boolean(true);
  }
  if (options.compress) {
    writer.key("compress");
    writer.boolean(*options.compress);
  }
  if (options.expect_single_response) {
    writer.key("expectSingleResponse");
    writer.boolean(true);
  }
  if (options.timeout) {
    writer.key("timeout");
    writer.integer(options.timeout->count());
  }
  writer.end_object();
}

void write_rooms_member(Writer& writer, std::string_view name,
                        const std::vector<std::string>& rooms) {
  writer.key(name);
  write_rooms(writer, rooms);
}

/// An empty list where there is none.
[[nodiscard]] std::optional<std::vector<std::string>> read_optional_rooms(ValueView value) {
  return value.is_null() ? std::vector<std::string>{} : read_rooms(value);
}

/// What setTimeout() can wait for.
[[nodiscard]] std::optional<std::chrono::milliseconds> read_timeout(ValueView value) {
  const auto milliseconds = value.as_int64();
  if (!milliseconds || *milliseconds < 0 ||
      *milliseconds > std::numeric_limits<std::int32_t>::max()) {
    return std::nullopt;
  }
  return std::chrono::milliseconds(*milliseconds);
}

void read_flags(ValueView flags, BroadcastOptions& options) {
  options.volatile_packet = flags["volatile"].as_bool().value_or(false);
  options.compress = flags["compress"].as_bool();
  options.expect_single_response = flags["expectSingleResponse"].as_bool().value_or(false);
  options.timeout = read_timeout(flags["timeout"]);
}

}  // namespace

void write_room(Writer& writer, std::string_view room) {
  if (const auto number = socketio::numeric_room_value(room)) {
    writer.number(*number);
  } else {
    writer.string(room);
  }
}

void write_rooms(Writer& writer, const std::vector<std::string>& rooms) {
  writer.begin_array(rooms.size());
  for (const std::string& room : rooms) {
    write_room(writer, room);
  }
  writer.end_array();
}

std::optional<std::string> read_room(ValueView value) {
  if (const auto text = value.as_string()) {
    return std::string(*text);
  }
  if (const auto number = value.as_double()) {
    return socketio::numeric_room(*number);
  }
  return std::nullopt;
}

std::optional<std::vector<std::string>> read_rooms(ValueView value) {
  if (!value.is_array()) {
    return std::nullopt;
  }
  std::vector<std::string> rooms;
  rooms.reserve(value.size());
  for (const ValueView element : value.elements()) {
    if (auto room = read_room(element)) {
      rooms.push_back(*std::move(room));
    }
  }
  return rooms;
}

void write_selection(Writer& writer, const BroadcastOptions& options) {
  writer.begin_object(2);
  write_rooms_member(writer, "rooms", options.rooms);
  write_rooms_member(writer, "except", options.except);
  writer.end_object();
}

void write_options(Writer& writer, const BroadcastOptions& options) {
  writer.begin_object(3);
  write_rooms_member(writer, "rooms", options.rooms);
  write_rooms_member(writer, "except", options.except);
  writer.key("flags");
  write_flags(writer, options);
  writer.end_object();
}

void write_emitter_options(Writer& writer, const BroadcastOptions& options) {
  writer.begin_object(3);
  write_rooms_member(writer, "rooms", options.rooms);
  writer.key("flags");
  write_flags(writer, options);
  write_rooms_member(writer, "except", options.except);
  writer.end_object();
}

std::optional<BroadcastOptions> read_options(ValueView value) {
  auto rooms = read_optional_rooms(value["rooms"]);
  auto except = read_optional_rooms(value["except"]);
  if (!value.is_object() || !rooms || !except) {
    return std::nullopt;
  }
  BroadcastOptions options;
  options.rooms = *std::move(rooms);
  options.except = *std::move(except);
  read_flags(value["flags"], options);
  return options;
}

}  // namespace adapters::wire
