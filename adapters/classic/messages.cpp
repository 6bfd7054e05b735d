#include "adapters/classic/messages.hpp"

#include "adapters/wire/broadcast_options.hpp"
#include "adapters/wire/socket_description.hpp"
#include "socketio/codec.hpp"

namespace adapters::classic {

using socketio::BroadcastOptions;
using socketio::MsgpackDialect;
using socketio::PayloadWriter;
using socketio::SocketDescription;
using socketio::Writer;

namespace {

std::string to_json(PayloadWriter value) {
  std::string text;
  socketio::write_json(value, text);
  return text;
}

std::string to_msgpack(PayloadWriter value) {
  std::string bytes;
  socketio::write_msgpack(value, MsgpackDialect::notepack3, bytes);
  return bytes;
}

void write_text(Writer& writer, std::string_view name, std::string_view text) {
  writer.key(name);
  writer.string(text);
}

void write_type(Writer& writer, MessageType type) {
  writer.key("type");
  writer.integer(static_cast<std::int64_t>(type));
}

/// `{"uid", "requestId", "type"` and `members` more. The object stays open.
void begin_request(Writer& writer, std::string_view uid, std::string_view id, MessageType type,
                   std::size_t members) {
  writer.begin_object((uid.empty() ? 1 : 2) + (id.empty() ? 0 : 1) + members);
  if (!uid.empty()) {
    write_text(writer, "uid", uid);
  }
  if (!id.empty()) {
    write_text(writer, "requestId", id);
  }
  write_type(writer, type);
}

void write_selection(Writer& writer, const BroadcastOptions& options) {
  writer.key("opts");
  wire::write_selection(writer, options);
}

void write_packet(Writer& writer, std::string_view nsp, PayloadWriter data) {
  writer.begin_object(3);
  writer.key("type");
  writer.integer(static_cast<std::int64_t>(socketio::PacketType::event));
  writer.key("data");
  data(writer);
  write_text(writer, "nsp", nsp);
  writer.end_object();
}

template <class WriteOptions>
std::string encode_any_broadcast(std::string_view uid, std::string_view nsp, PayloadWriter data,
                                 const WriteOptions& write_options) {
  return to_msgpack([&](Writer& writer) {
    writer.begin_array(3);
    writer.string(uid);
    write_packet(writer, nsp, data);
    write_options(writer);
    writer.end_array();
  });
}

}  // namespace

// --- Broadcasts ---------------------------------------------------------------------------------

std::string encode_broadcast(std::string_view uid, std::string_view nsp, PayloadWriter data,
                             const BroadcastOptions& options) {
  return encode_any_broadcast(uid, nsp, data,
                              [&](Writer& writer) { wire::write_options(writer, options); });
}

std::string encode_emitter_broadcast(std::string_view nsp, PayloadWriter data,
                                     const BroadcastOptions& options) {
  return encode_any_broadcast(emitter_uid, nsp, data, [&](Writer& writer) {
    wire::write_emitter_options(writer, options);
  });
}

std::string own_broadcast_prefix(std::string_view uid) {
  const std::string whole = to_msgpack([&](Writer& writer) {
    writer.begin_array(3);
    writer.string(uid);
    writer.null();
    writer.null();
    writer.end_array();
  });
  return whole.substr(0, whole.size() - 2);  // without the nulls
}

// --- Requests -----------------------------------------------------------------------------------

std::string encode_all_rooms(std::string_view uid, std::string_view id) {
  return to_json([&](Writer& writer) {
    begin_request(writer, uid, id, MessageType::all_rooms, 0);
    writer.end_object();
  });
}

std::string encode_fetch(std::string_view uid, std::string_view id,
                         const BroadcastOptions& options) {
  return to_json([&](Writer& writer) {
    begin_request(writer, uid, id, MessageType::fetch, 1);
    write_selection(writer, options);
    writer.end_object();
  });
}

std::string encode_rooms_change(std::string_view uid, MessageType type,
                                const BroadcastOptions& options,
                                const std::vector<std::string>& rooms) {
  return to_json([&](Writer& writer) {
    begin_request(writer, uid, "", type, 2);
    write_selection(writer, options);
    writer.key("rooms");
    wire::write_rooms(writer, rooms);
    writer.end_object();
  });
}

std::string encode_disconnect(std::string_view uid, const BroadcastOptions& options, bool close) {
  return to_json([&](Writer& writer) {
    begin_request(writer, uid, "", MessageType::disconnect, 2);
    write_selection(writer, options);
    writer.key("close");
    writer.boolean(close);
    writer.end_object();
  });
}

std::string encode_server_event(std::string_view uid, std::string_view id, PayloadWriter data) {
  return to_json([&](Writer& writer) {
    begin_request(writer, uid, id, MessageType::server_event, 1);
    writer.key("data");
    data(writer);
    writer.end_object();
  });
}

std::string encode_broadcast_with_ack(std::string_view uid, std::string_view id,
                                      std::string_view nsp, PayloadWriter data,
                                      const BroadcastOptions& options) {
  return to_msgpack([&](Writer& writer) {
    begin_request(writer, uid, id, MessageType::broadcast, 2);
    writer.key("packet");
    write_packet(writer, nsp, data);
    writer.key("opts");
    wire::write_options(writer, options);
    writer.end_object();
  });
}

std::string own_json_prefix(std::string_view uid) {
  std::string whole = encode_all_rooms(uid, "");
  whole.resize(whole.find(','));
  return whole;
}

std::string own_msgpack_prefix(std::string_view uid) {
  const auto write_null = [](Writer& writer) { writer.null(); };
  std::string whole = encode_broadcast_with_ack(uid, "?", "", write_null, {});
  whole.resize(whole.find("requestId") - 1);  // and its length
  return whole;
}

// --- Responses ----------------------------------------------------------------------------------

namespace {

/// `{"requestId", name: value}`
template <class WriteValue>
std::string encode_response(std::string_view id, std::string_view name, const WriteValue& value) {
  return to_json([&](Writer& writer) {
    writer.begin_object(2);
    write_text(writer, "requestId", id);
    writer.key(name);
    value(writer);
    writer.end_object();
  });
}

}  // namespace

std::string encode_sockets(std::string_view id, const std::vector<SocketDescription>& sockets) {
  return encode_response(id, "sockets", [&](Writer& writer) {
    writer.begin_array(sockets.size());
    for (const SocketDescription& socket : sockets) {
      wire::write_socket(writer, socket);
    }
    writer.end_array();
  });
}

std::string encode_socket_ids(std::string_view id, const std::vector<SocketDescription>& sockets) {
  return encode_response(id, "sockets", [&](Writer& writer) {
    writer.begin_array(sockets.size());
    for (const SocketDescription& socket : sockets) {
      writer.string(socket.id);
    }
    writer.end_array();
  });
}

std::string encode_rooms(std::string_view id, const std::vector<std::string>& rooms) {
  return encode_response(id, "rooms", [&](Writer& writer) { wire::write_rooms(writer, rooms); });
}

std::string encode_done(std::string_view id) {
  return to_json([&](Writer& writer) {
    writer.begin_object(1);
    write_text(writer, "requestId", id);
    writer.end_object();
  });
}

std::string encode_server_event_response(std::string_view id, socketio::ValueView value) {
  return to_json([&](Writer& writer) {
    begin_request(writer, "", "", MessageType::server_event, value.exists() ? 2 : 1);
    write_text(writer, "requestId", id);
    if (value.exists()) {
      writer.key("data");
      value.write_to(writer);
    }
    writer.end_object();
  });
}

std::string encode_client_count(std::string_view id, std::size_t count) {
  return to_json([&](Writer& writer) {
    begin_request(writer, "", "", MessageType::client_count, 2);
    write_text(writer, "requestId", id);
    writer.key("clientCount");
    writer.unsigned_integer(count);
    writer.end_object();
  });
}

std::string encode_ack(std::string_view id, const socketio::Value& value) {
  return to_msgpack([&](Writer& writer) {
    begin_request(writer, "", "", MessageType::ack, value.is_null() ? 1 : 2);
    write_text(writer, "requestId", id);
    if (!value.is_null()) {
      writer.key("packet");
      value.write_to(writer);
    }
    writer.end_object();
  });
}

// --- Reading ------------------------------------------------------------------------------------

bool decode(std::span<char> message, socketio::Tape& tape) {
  if (!message.empty() && message.front() == '{') {
    return socketio::read_json(message, tape);
  }
  return socketio::read_msgpack(message, MsgpackDialect::notepack3, tape);
}

}  // namespace adapters::classic
