#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "apps/chat/cluster/local_rooms.hpp"
#include "apps/chat/config/settings.hpp"
#include "apps/chat/gateway/answer.hpp"
#include "apps/chat/gateway/authenticator.hpp"
#include "apps/chat/gateway/chat_replies.hpp"
#include "apps/chat/gateway/per_socket.hpp"
#include "apps/chat/gateway/user_limits.hpp"
#include "apps/chat/monitoring/metrics.hpp"
#include "socketio/convert.hpp"
#include "socketio/namespace.hpp"
#include "socketio/socket.hpp"

namespace chat {

// What clients of `/rooms` ask; see chat_requests.hpp.

struct NamedRoomRequest {
  std::string room;
  std::string username;

  [[nodiscard]] std::string read(socketio::ValueView payload, const LimitSettings& limits);
};

struct RoomMessageRequest {
  std::string room;
  std::string username;
  std::string message;

  [[nodiscard]] std::string read(socketio::ValueView payload, const LimitSettings& limits);
};

struct RoomMembersRequest {
  std::string room;

  [[nodiscard]] std::string read(socketio::ValueView payload, const LimitSettings& limits);
};

/// The event `newRoomMessage`.
struct RoomMessage {
  std::string username = {};
  std::string room = {};
  std::string message = {};
  socketio::Date timestamp = {};
};

/// The answer to `getRoomMembers`: without a room where nobody is in it, as in the document.
struct RoomSockets {
  std::optional<std::string> room = {};
  std::optional<std::size_t> count = {};
  std::optional<std::vector<std::string>> socket_ids = {};
  std::optional<std::vector<std::string>> members = {};  ///< none
};

/// The rooms of seed document 002, section 3: a client is in one room at a time, under the name
/// that it gives with each event; with a token it is that of the token. Members are counted on all
/// nodes. Nothing is stored.
class RoomsGateway {
 public:
  /// Registers its handlers. Everything outlives the sockets.
  RoomsGateway(socketio::Namespace& nsp, LocalRooms& rooms, UserLimits& limits, Metrics& metrics);

  /// A socket has connected.
  void welcome(socketio::Socket& socket, std::optional<User> user);

 private:
  using Socket = socketio::Socket;

  void join_room(Socket& socket, const NamedRoomRequest& request, const Answer& answer);
  void leave_room(Socket& socket, const NamedRoomRequest& request, const Answer& answer);
  void send_message(Socket& socket, const RoomMessageRequest& request, const Answer& answer);
  void get_members(Socket& socket, const RoomMembersRequest& request, const Answer& answer);

  void leave(Socket& socket, const std::string& room);
  [[nodiscard]] std::string name_of(Socket& socket, const std::string& given);

  socketio::Namespace& nsp_;
  LocalRooms& rooms_;
  UserLimits& limits_;
  PerSocket<std::optional<User>> users_;
};

}  // namespace chat

template <>
struct socketio::Fields<chat::RoomMessage> {
  static constexpr auto members = std::tuple(field("username", &chat::RoomMessage::username),
                                             field("room", &chat::RoomMessage::room),
                                             field("message", &chat::RoomMessage::message),
                                             field("timestamp", &chat::RoomMessage::timestamp));
};

template <>
struct socketio::Fields<chat::RoomSockets> {
  static constexpr auto members = std::tuple(field("room", &chat::RoomSockets::room),
                                             field("memberCount", &chat::RoomSockets::count),
                                             field("socketIds", &chat::RoomSockets::socket_ids),
                                             field("members", &chat::RoomSockets::members));
};
