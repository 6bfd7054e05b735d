#pragma once

#include <string>
#include <tuple>

#include "apps/chat/gateway/answer.hpp"
#include "apps/chat/gateway/user_limits.hpp"
#include "apps/chat/monitoring/metrics.hpp"
#include "apps/chat/service/websocket_service.hpp"
#include "socketio/convert.hpp"
#include "socketio/date.hpp"
#include "socketio/namespace.hpp"

namespace chat {

// What clients ask of the gateway; see chat_requests.hpp.

struct RoomNameRequest {
  std::string room;  ///< the payload itself

  [[nodiscard]] std::string read(socketio::ValueView payload, const LimitSettings& limits);
};

struct ServiceMessageRequest {
  std::string room;
  std::string message;

  [[nodiscard]] std::string read(socketio::ValueView payload, const LimitSettings& limits);
};

/// The events `user-joined` and `user-left`.
struct ClientNotice {
  std::string user_id = {};
  std::string room = {};
};

/// The event `new-message`.
struct ClientMessage {
  std::string user_id = {};
  std::string message = {};
  socketio::Date timestamp = {};
};

/// The gateway of seed document 004: `join-room` and `leave-room` (room), `send-message` {room,
/// message}, which the members hear as `user-joined`, `user-left`, `new-message`. A client that may
/// not join gets the event `error` {message, code}: `Room is full`, `Room is closed`, `Failed to
/// join room`. Who asks for an answer gets {success} or {error, code}.
class ServiceGateway {
 public:
  /// Registers its handlers. Everything outlives the sockets.
  ServiceGateway(socketio::Namespace& nsp, WebSocketService& service, UserLimits& limits,
                 Metrics& metrics);

 private:
  using Socket = socketio::Socket;

  void join_room(Socket& socket, const RoomNameRequest& request, const Answer& answer);
  void leave_room(Socket& socket, const RoomNameRequest& request, const Answer& answer);
  void send_message(Socket& socket, const ServiceMessageRequest& request, const Answer& answer);

  WebSocketService& service_;
  UserLimits& limits_;
};

}  // namespace chat

template <>
struct socketio::Fields<chat::ClientNotice> {
  static constexpr auto members = std::tuple(field("userId", &chat::ClientNotice::user_id),
                                             field("room", &chat::ClientNotice::room));
};

template <>
struct socketio::Fields<chat::ClientMessage> {
  static constexpr auto members = std::tuple(field("userId", &chat::ClientMessage::user_id),
                                             field("message", &chat::ClientMessage::message),
                                             field("timestamp", &chat::ClientMessage::timestamp));
};
