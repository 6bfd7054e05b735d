#include "apps/chat/rooms/room_json.hpp"

#include <chrono>
#include <utility>

#include "socketio/codec.hpp"

namespace chat {

using socketio::Object;
using socketio::Value;
using socketio::Writer;

std::string to_json(const Object& object) {
  const Value value = object;
  std::string json;
  socketio::write_json([&](Writer& writer) { value.write_to(writer); }, json);
  return json;
}

Object to_object(std::string json) {
  const auto document = socketio::Document::from_json(std::move(json));
  if (!document) {
    return {};
  }
  Value value = document->root().to_value();
  return value.as_object() != nullptr ? std::move(*value.as_object()) : Object();
}

std::string to_json(const RoomEvent& event) {
  std::string json;
  const auto write = [&](Writer& writer) {
    writer.begin_object(3);
    writer.key("event");
    writer.string(event.event);
    writer.key("data");
    event.data.write_to(writer);
    writer.key("timestamp");
    writer.integer(event.timestamp.time_since_epoch().count());
    writer.end_object();
  };
  socketio::write_json(write, json);
  return json;
}

std::optional<RoomEvent> to_event(std::string json) {
  const auto document = socketio::Document::from_json(std::move(json));
  if (!document) {
    return std::nullopt;
  }
  const socketio::ValueView root = document->root();
  const auto event = root["event"].as_string();
  const auto timestamp = root["timestamp"].as_int64();
  if (!event || !timestamp) {
    return std::nullopt;
  }
  return RoomEvent{.event = std::string(*event),
                   .data = root["data"].to_value(),
                   .timestamp = socketio::Date(std::chrono::milliseconds(*timestamp))};
}

}  // namespace chat
