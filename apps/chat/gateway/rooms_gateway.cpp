#include "apps/chat/gateway/rooms_gateway.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "apps/chat/gateway/error_event.hpp"
#include "apps/chat/gateway/event_desk.hpp"
#include "apps/chat/gateway/names.hpp"
#include "apps/chat/limits/validation.hpp"
#include "apps/chat/wall_clock.hpp"

namespace chat {

using socketio::ValueView;

namespace {

// For the other nodes to say who is in a room; those that have not are left out.
constexpr std::chrono::milliseconds inquiry_timeout{1'000};

}  // namespace

std::string NamedRoomRequest::read(ValueView payload, const LimitSettings& limits) {
  PayloadReader read(payload);
  room = read.text("room", limits.room_name_length);
  username = read.text("username", limits.name_length);
  return read.error();
}

std::string RoomMessageRequest::read(ValueView payload, const LimitSettings& limits) {
  PayloadReader read(payload);
  room = read.text("room", limits.room_name_length);
  username = read.text("username", limits.name_length);
  message = read.text("message", limits.message_length);
  return read.error();
}

std::string RoomMembersRequest::read(ValueView payload, const LimitSettings& limits) {
  PayloadReader read(payload);
  room = read.text("room", limits.room_name_length);
  return read.error();
}

RoomsGateway::RoomsGateway(socketio::Namespace& nsp, LocalRooms& rooms, UserLimits& limits,
                           Metrics& metrics)
    : nsp_(nsp), rooms_(rooms), limits_(limits) {
  EventDesk desk(*this, nsp, limits, metrics);
  desk.on("joinRoom", &RoomsGateway::join_room);
  desk.on("leaveRoom", &RoomsGateway::leave_room);
  desk.on("sendRoomMessage", &RoomsGateway::send_message);
  desk.on("getRoomMembers", &RoomsGateway::get_members);
}

void RoomsGateway::welcome(Socket& socket, std::optional<User> user) {
  users_.make(socket, std::move(user));
  for (const std::string& key : socket.rooms()) {  // of a socket that was recovered
    if (const auto room = room_of_key(key)) {
      rooms_.enter(*room);
    }
  }
  socket.on_disconnecting([this, &socket] {
    for (const std::string& key : socket.rooms()) {
      if (const auto room = room_of_key(key)) {
        rooms_.leave(*room);
      }
    }
    users_.erase(socket);
  });
}

void RoomsGateway::join_room(Socket& socket, const NamedRoomRequest& request,
                             const Answer& answer) {
  for (const std::string& key : socket.rooms()) {
    if (const auto room = room_of_key(key)) {
      leave(socket, *room);
    }
  }
  socket.join(room_key(request.room));
  rooms_.enter(request.room);
  const auto room = nsp_.to(room_key(request.room));
  room.emit("userJoinedRoom",
            RoomNotice{name_of(socket, request.username), request.room, wall_clock()});
  room.timeout(inquiry_timeout)
      .fetch_sockets([answer, name = request.room](const socketio::FetchResult& found) {
        answer(RoomJoined{.room = name, .members = found.sockets.size()});
      });
}

void RoomsGateway::leave_room(Socket& socket, const NamedRoomRequest& request,
                              const Answer& answer) {
  leave(socket, request.room);
  nsp_.to(room_key(request.room))
      .emit("userLeftRoom",
            RoomNotice{name_of(socket, request.username), request.room, wall_clock()});
  answer(Success{});
}

void RoomsGateway::leave(Socket& socket, const std::string& room) {
  const std::vector<std::string> keys = socket.rooms();
  if (std::find(keys.begin(), keys.end(), room_key(room)) != keys.end()) {
    socket.leave(room_key(room));
    rooms_.leave(room);
  }
}

void RoomsGateway::send_message(Socket& socket, const RoomMessageRequest& request,
                                const Answer& answer) {
  const std::optional<User>& user = users_.get(socket);
  if (!limits_.allow_message(socket, user ? user_key(user->id) : socket.id())) {
    return answer.refuse(std::string(rate_limit_exceeded));
  }
  nsp_.to(room_key(request.room))
      .emit("newRoomMessage", RoomMessage{name_of(socket, request.username), request.room,
                                          request.message, wall_clock()});
  answer(Success{});
}

void RoomsGateway::get_members(Socket&, const RoomMembersRequest& request, const Answer& answer) {
  nsp_.to(room_key(request.room))
      .timeout(inquiry_timeout)
      .fetch_sockets([answer, room = request.room](const socketio::FetchResult& found) {
        if (found.sockets.empty()) {
          return answer(RoomSockets{.members = std::vector<std::string>()});
        }
        std::vector<std::string> ids;
        for (const socketio::RemoteSocket& socket : found.sockets) {
          ids.push_back(socket.id());
        }
        const std::size_t count = ids.size();
        answer(RoomSockets{.room = room, .count = count, .socket_ids = std::move(ids)});
      });
}

std::string RoomsGateway::name_of(Socket& socket, const std::string& given) {
  const std::optional<User>& user = users_.get(socket);
  return user ? user->username : given;
}

}  // namespace chat
