#include "apps/chat/nest/rooms_gateway.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "apps/chat/nest/nest_call.hpp"
#include "apps/chat/nest/room_members.hpp"
#include "socketio/adapter.hpp"

namespace chat {

using socketio::IncomingEvent;
using socketio::Namespace;
using socketio::Object;
using socketio::Socket;
using socketio::Value;

namespace {

class RoomsGateway {
 public:
  void connect(Socket& socket) { members_.join(socket.id(), {socket.id()}); }
  void disconnect(Socket& socket) { members_.leave(socket.id(), socket.rooms()); }

  void join_room(NestCall call);
  void leave_room(NestCall call);
  void send_room_message(NestCall call);
  void get_room_members(NestCall call);

 private:
  [[nodiscard]] std::string room_name(const NestField& room);
  [[nodiscard]] std::vector<std::string> room_names(const NestField& room);
  [[nodiscard]] std::vector<std::string> find_members(const NestField& room);

  RoomMembers members_;
  std::atomic<std::uint64_t> objects_ = 0;
};

bool is_list(const NestField& room) { return room && room->is_array(); }

// The name that a room has here. As in a JavaScript Map, an object is equal to nothing else, not
// even to one with the same members. No client names a room with a zero by accident.
std::string RoomsGateway::room_name(const NestField& room) {
  const std::string special(1, '\0');
  if (!room) {
    return special + "undefined";
  }
  if (room->is_object() || room->is_array() || room->is_binary()) {
    return special + "object " + std::to_string(++objects_);
  }
  if (const auto number = room->as_double()) {
    return socketio::numeric_room(*number == 0 ? 0 : *number);  // also for -0
  }
  return room->is_string() ? to_text(room) : special + to_text(room);
}

// What `join(room)` and `to(room)` mean. An empty list is nobody to join and everybody to send to.
std::vector<std::string> RoomsGateway::room_names(const NestField& room) {
  if (!is_list(room)) {
    return {room_name(room)};
  }
  std::vector<std::string> names;
  for (const Value& element : *room->as_array()) {
    names.push_back(room_name(element));
  }
  return names;
}

// What `rooms.get(room)` finds: a list is no room.
std::vector<std::string> RoomsGateway::find_members(const NestField& room) {
  return is_list(room) ? std::vector<std::string>() : members_.find(room_name(room));
}

// `{username, room, timestamp}`: what the others in the room hear of somebody who comes or goes.
Object attendance(const NestCall& call) {
  Object event;
  add_field(event, "username", call.field("username"));
  add_field(event, "room", call.field("room"));
  event.append("timestamp", nest_timestamp());
  return event;
}

void RoomsGateway::join_room(NestCall call) {
  Socket& socket = call.socket();
  std::vector<std::string> left = socket.rooms();
  std::erase(left, socket.id());
  for (const std::string& room : left) {
    socket.leave(room);
  }
  members_.leave(socket.id(), left);
  if (call.is_unreadable()) {
    call.fail();
    return;
  }
  const NestField room = call.field("room");
  const std::vector<std::string> names = room_names(room);
  socket.join(names);
  members_.join(socket.id(), names);
  socket.nsp().to(names).emit("userJoinedRoom", attendance(call));
  Object answer{{"success", true}};
  add_field(answer, "room", room);
  answer.append("members", is_list(room) ? 0 : members_.find(names.front()).size());
  call.answer(answer);
}

void RoomsGateway::leave_room(NestCall call) {
  if (call.is_unreadable()) {
    call.fail();
    return;
  }
  Socket& socket = call.socket();
  const NestField room = call.field("room");
  if (!is_list(room)) {
    socket.leave(room_name(room));
    members_.leave(socket.id(), {room_name(room)});
  }
  socket.nsp().to(room_names(room)).emit("userLeftRoom", attendance(call));
  call.answer(Object{{"success", true}});
}

void RoomsGateway::send_room_message(NestCall call) {
  if (call.is_unreadable()) {
    call.fail();
    return;
  }
  const NestField room = call.field("room");
  Object message;
  add_field(message, "username", call.field("username"));
  add_field(message, "room", room);
  add_field(message, "message", call.field("message"));
  message.append("timestamp", nest_timestamp());
  call.socket().nsp().to(room_names(room)).emit("newRoomMessage", message);
  call.answer(Object{{"success", true}});
}

void RoomsGateway::get_room_members(NestCall call) {
  if (call.is_unreadable()) {
    call.fail();
    return;
  }
  const NestField room = call.field("room");
  const std::vector<std::string> ids = find_members(room);
  if (ids.empty()) {
    call.answer(Object{{"members", socketio::Array{}}});
    return;
  }
  Object answer;
  add_field(answer, "room", room);
  answer.append("memberCount", ids.size());
  answer.append("socketIds", socketio::Array(ids.begin(), ids.end()));
  call.answer(answer);
}

}  // namespace

void serve_nest_rooms(Namespace& nsp) {
  const auto rooms = std::make_shared<RoomsGateway>();
  const auto serve = [&](std::string_view event, void (RoomsGateway::*handler)(NestCall)) {
    nsp.handle(event, [rooms, handler](IncomingEvent& received) {
      ((*rooms).*handler)(NestCall(received));
    });
  };
  nsp.on_connection([rooms](Socket& socket) {
    rooms->connect(socket);
    socket.on_disconnecting([rooms, &socket] { rooms->disconnect(socket); });
  });
  serve("joinRoom", &RoomsGateway::join_room);
  serve("leaveRoom", &RoomsGateway::leave_room);
  serve("sendRoomMessage", &RoomsGateway::send_room_message);
  serve("getRoomMembers", &RoomsGateway::get_room_members);
}

}  // namespace chat
