#include "adapters/streams/session.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "adapters/streams/base64.hpp"
#include "adapters/wire/broadcast_options.hpp"
#include "socketio/codec.hpp"

namespace adapters::streams {

using socketio::SessionState;
using socketio::ValueView;
using socketio::Writer;

namespace {

bool intersect(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::any_of(a.begin(), a.end(), [&](const std::string& room) {
    return std::find(b.begin(), b.end(), room) != b.end();
  });
}

}  // namespace

std::string encode_session(const SessionState& session) {
  const auto write = [&](Writer& writer) {
    writer.begin_object(4);
    writer.key("sid");
    writer.string(session.sid);
    writer.key("pid");
    writer.string(session.pid);
    writer.key("rooms");
    wire::write_rooms(writer, session.rooms);
    writer.key("data");
    if (session.data.is_null()) {
      writer.begin_object(0);  // what it is in Node where nobody has set it
      writer.end_object();
    } else {
      session.data.write_to(writer);
    }
    writer.end_object();
  };
  std::string bytes;
  socketio::write_msgpack(write, socketio::MsgpackDialect::msgpack2, bytes);
  return to_base64(bytes);
}

std::optional<SessionState> decode_session(std::string_view text) {
  auto bytes = from_base64(text);
  if (!bytes) {
    return std::nullopt;
  }
  const auto document =
      socketio::Document::from_msgpack(*std::move(bytes), socketio::MsgpackDialect::msgpack2);
  if (!document) {
    return std::nullopt;
  }
  const ValueView root = document->root();
  const auto sid = root["sid"].as_string();
  const auto pid = root["pid"].as_string();
  auto rooms = wire::read_rooms(root["rooms"]);
  if (!sid || sid->empty() || !pid || !rooms) {
    return std::nullopt;
  }
  return SessionState{std::string(*sid), std::string(*pid), *std::move(rooms),
                      root["data"].to_value()};
}

bool is_for(const socketio::BroadcastOptions& options, const SessionState& session) {
  return (options.rooms.empty() || intersect(options.rooms, session.rooms)) &&
         !intersect(options.except, session.rooms);
}

}  // namespace adapters::streams
