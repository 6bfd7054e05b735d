#include "adapters/wire/socket_description.hpp"

#include <string>
#include <vector>

#include "adapters/wire/broadcast_options.hpp"

namespace adapters::wire {

using socketio::Handshake;
using socketio::SocketDescription;
using socketio::ValueView;
using socketio::Writer;

void write_socket(Writer& writer, const SocketDescription& socket) {
  writer.begin_object(4);
  writer.key("id");
  writer.string(socket.id);
  writer.key("handshake");
  socket.handshake.to_value().write_to(writer);
  writer.key("rooms");
  write_rooms(writer, socket.rooms);
  writer.key("data");
  socket.data.write_to(writer);
  writer.end_object();
}

std::optional<SocketDescription> read_socket(ValueView value) {
  const auto id = value["id"].as_string();
  if (!id) {
    return std::nullopt;
  }
  return SocketDescription{.id = std::string(*id),
                           .handshake = Handshake::from_value(value["handshake"].to_value()),
                           .rooms = read_rooms(value["rooms"]).value_or(std::vector<std::string>{}),
                           .data = value["data"].to_value()};
}

}  // namespace adapters::wire
