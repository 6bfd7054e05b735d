#include "apps/chat/service/service_gateway.hpp"

#include <utility>

#include "apps/chat/gateway/error_event.hpp"
#include "apps/chat/gateway/event_desk.hpp"
#include "apps/chat/limits/validation.hpp"
#include "apps/chat/wall_clock.hpp"
#include "socketio/codec.hpp"

namespace chat {

using socketio::ValueView;

namespace {

const char* text_of(Failure failure) {
  switch (failure) {
    case Failure::room_full:
      return "Room is full";
    case Failure::room_closed:
      return "Room is closed";
    default:
      return "Failed to join room";
  }
}

}  // namespace

std::string RoomNameRequest::read(ValueView payload, const LimitSettings& limits) {
  // An object with one member: so the text keeps the rules of all others.
  const socketio::Document named([&](socketio::Writer& writer) {
    writer.begin_object(1);
    writer.key("room");
    payload.write_to(writer);
    writer.end_object();
  });
  PayloadReader read(named.root());
  room = read.text("room", limits.room_name_length);
  return read.error();
}

std::string ServiceMessageRequest::read(ValueView payload, const LimitSettings& limits) {
  PayloadReader read(payload);
  room = read.text("room", limits.room_name_length);
  message = read.text("message", limits.message_length);
  return read.error();
}

ServiceGateway::ServiceGateway(socketio::Namespace& nsp, WebSocketService& service,
                               UserLimits& limits, Metrics& metrics)
    : service_(service), limits_(limits) {
  EventDesk desk(*this, nsp, limits, metrics);
  desk.on("join-room", &ServiceGateway::join_room);
  desk.on("leave-room", &ServiceGateway::leave_room);
  desk.on("send-message", &ServiceGateway::send_message);
}

void ServiceGateway::join_room(Socket& socket, const RoomNameRequest& request,
                               const Answer& answer) {
  service_.touch(socket);
  service_.join_room(
      socket, request.room,
      [this, socket = socket.shared_from_this(), room = request.room,
       answer](Outcome<Nothing> outcome) {
        if (!outcome) {
          socket->emit("error",
                       ErrorEvent{text_of(outcome.failure), std::string(code_of(outcome.failure))});
          return answer.refuse(std::move(outcome));
        }
        service_.broadcast_to_room(room, "user-joined", ClientNotice{socket->id(), room});
        answer(Success{});
      });
}

void ServiceGateway::leave_room(Socket& socket, const RoomNameRequest& request,
                                const Answer& answer) {
  service_.touch(socket);
  service_.leave_room(
      socket, request.room,
      [this, id = socket.id(), room = request.room, answer](Outcome<Nothing> outcome) {
        if (!outcome) {
          return answer.refuse(std::move(outcome));
        }
        service_.broadcast_to_room(room, "user-left", ClientNotice{id, room});
        answer(Success{});
      });
}

void ServiceGateway::send_message(Socket& socket, const ServiceMessageRequest& request,
                                  const Answer& answer) {
  service_.touch(socket);
  if (!service_.is_in_room(socket, request.room)) {
    return answer.refuse("You must join the room first");
  }
  if (!limits_.allow_message(socket, socket.id())) {
    return answer.refuse(std::string(rate_limit_exceeded));
  }
  service_.broadcast_to_room(request.room, "new-message",
                             ClientMessage{socket.id(), request.message, wall_clock()});
  answer(Success{});
}

}  // namespace chat
