#include "socketio/detail/activities.hpp"

#include "engineio/activity.hpp"
#include "socketio/detail/handshake_builder.hpp"
#include "socketio/detail/outgoing.hpp"
#include "socketio/packet.hpp"

namespace socketio::detail {

namespace {

std::string of_namespace(std::string text, std::string_view nsp) {
  return text + " of " + engineio::quoted(nsp);
}

std::string describe(const Packet& packet) {
  const std::string_view nsp = without_query(packet.nsp);  // which may hold secrets
  switch (packet.type) {
    case PacketType::event: {
      std::string memory;
      const std::string_view name =
          packet.data.size() == 0 ? "" : event_name(packet.data[0], memory);
      return of_namespace(engineio::quoted(name), nsp);
    }
    case PacketType::ack:
      return of_namespace("an acknowledgement callback", nsp);
    case PacketType::connect:
      return of_namespace("a new socket", nsp);
    default:
      return of_namespace("a packet", nsp);
  }
}

}  // namespace

std::string describe_packet(const void* packet) {
  return describe(*static_cast<const Packet*>(packet));
}

std::string describe_event(const void* activity) {
  const auto& event = *static_cast<const EventActivity*>(activity);
  return of_namespace(engineio::quoted(event.name), event.nsp);
}

std::string describe_call(const void* activity) {
  const auto& call = *static_cast<const CallActivity*>(activity);
  const std::string what(call.what);
  return call.nsp.empty() ? what : of_namespace(what, call.nsp);
}

}  // namespace socketio::detail
