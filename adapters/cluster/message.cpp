#include "adapters/cluster/message.hpp"

#include <utility>

#include "adapters/wire/broadcast_options.hpp"
#include "adapters/wire/socket_description.hpp"
#include "socketio/packet.hpp"

namespace adapters::cluster {

using socketio::BroadcastOptions;
using socketio::PayloadWriter;
using socketio::ValueView;
using socketio::Writer;

std::optional<MessageType> message_type(std::int64_t number) noexcept {
  if (number < static_cast<int>(MessageType::initial_heartbeat) ||
      number > static_cast<int>(MessageType::adapter_close)) {
    return std::nullopt;
  }
  return static_cast<MessageType>(number);
}

bool may_hold_binary(MessageType type) noexcept {
  switch (type) {
    case MessageType::broadcast:
    case MessageType::fetch_sockets_response:
    case MessageType::server_side_emit:
    case MessageType::server_side_emit_response:
    case MessageType::broadcast_ack:
      return true;
    default:
      return false;
  }
}

// --- Writing -----------------------------------------------------------------------------------

namespace {

void write_request(Writer& writer, std::string_view request) {
  writer.key("requestId");
  writer.string(request);
}

void write_options(Writer& writer, const BroadcastOptions& options) {
  writer.key("opts");
  wire::write_options(writer, options);
}

}  // namespace

void write_broadcast(Writer& writer, PayloadWriter packet, std::string_view request,
                     const BroadcastOptions& options) {
  writer.begin_object(request.empty() ? 2 : 3);
  writer.key("packet");
  writer.begin_object(2);
  writer.key("type");
  writer.integer(static_cast<int>(socketio::PacketType::event));
  writer.key("data");
  packet(writer);
  writer.end_object();
  if (!request.empty()) {
    write_request(writer, request);
  }
  write_options(writer, options);
  writer.end_object();
}

void write_rooms_change(Writer& writer, const BroadcastOptions& options,
                        const std::vector<std::string>& rooms) {
  writer.begin_object(2);
  write_options(writer, options);
  writer.key("rooms");
  wire::write_rooms(writer, rooms);
  writer.end_object();
}

void write_disconnect(Writer& writer, const BroadcastOptions& options, bool close) {
  writer.begin_object(2);
  write_options(writer, options);
  writer.key("close");
  writer.boolean(close);
  writer.end_object();
}

void write_fetch(Writer& writer, const BroadcastOptions& options, std::string_view request) {
  writer.begin_object(2);
  write_options(writer, options);
  write_request(writer, request);
  writer.end_object();
}

void write_fetch_response(Writer& writer, std::string_view request,
                          const std::vector<socketio::SocketDescription>& sockets) {
  writer.begin_object(2);
  write_request(writer, request);
  writer.key("sockets");
  writer.begin_array(sockets.size());
  for (const socketio::SocketDescription& socket : sockets) {
    wire::write_socket(writer, socket);
  }
  writer.end_array();
  writer.end_object();
}

void write_server_side_emit(Writer& writer, PayloadWriter packet, std::string_view request) {
  writer.begin_object(request.empty() ? 1 : 2);
  if (!request.empty()) {
    write_request(writer, request);
  }
  writer.key("packet");
  packet(writer);
  writer.end_object();
}

void write_answer(Writer& writer, std::string_view request, const socketio::Value* answer,
                  bool knows_absence) {
  const bool has_packet = answer != nullptr || !knows_absence;
  writer.begin_object(has_packet ? 2 : 1);
  write_request(writer, request);
  if (has_packet) {
    writer.key("packet");
    answer != nullptr ? answer->write_to(writer) : writer.null();
  }
  writer.end_object();
}

void write_client_count(Writer& writer, std::string_view request, std::size_t count) {
  writer.begin_object(2);
  write_request(writer, request);
  writer.key("clientCount");
  writer.unsigned_integer(count);
  writer.end_object();
}

// --- Reading -----------------------------------------------------------------------------------
void write_packet(Writer& writer, ValueView packet, std::string_view offset) {
  writer.begin_array(packet.size() + 1);
  for (const ValueView element : packet.elements()) {
    element.write_to(writer);
  }
  writer.string(offset);
  writer.end_array();
}

// --------------------------------------------------------------------------------------

std::optional<BroadcastData> read_broadcast(ValueView data) {
  const ValueView packet = data["packet"];
  const ValueView payload = packet["data"];
  auto options = wire::read_options(data["opts"]);
  if (packet["type"].as_int64() != static_cast<int>(socketio::PacketType::event) || !options ||
      payload.size() == 0 || !is_valid_data(socketio::PacketType::event, payload)) {
    return std::nullopt;
  }
  return BroadcastData{payload, data["requestId"].as_string().value_or(std::string_view{}),
                       *std::move(options)};
}

}  // namespace adapters::cluster
