#pragma once

#include <set>
#include <string>
#include <string_view>

#include "apps/chat/cluster/local_rooms.hpp"
#include "apps/chat/gateway/names.hpp"
#include "apps/chat/gateway/per_socket.hpp"
#include "apps/chat/rooms/client_records.hpp"
#include "apps/chat/rooms/room_directory.hpp"
#include "apps/chat/store/outcome.hpp"
#include "engineio/timers.hpp"
#include "socketio/namespace.hpp"
#include "socketio/socket.hpp"
#include "socketio/value.hpp"

namespace chat {

/// The WebSocket service of seed document 004: connections and rooms of one namespace, with records
/// of them that the whole cluster can read.
///
/// Callbacks come on the socket's shard, and none from inside the call.
class WebSocketService {
 public:
  /// Everything outlives the sockets of the namespace.
  WebSocketService(socketio::Namespace& nsp, ClientRecords& clients, RoomDirectory& directory,
                   LocalRooms& rooms);

  // On the socket's shard.

  /// Makes the client's record, with this metadata; removes it when the socket leaves.
  void handle_connection(socketio::Socket& socket, socketio::Object metadata = {});
  void handle_disconnect(socketio::Socket& socket);

  /// Fails with Failure::room_full, room_closed, too_many_rooms, unavailable, overloaded.
  void join_room(socketio::Socket& socket, const std::string& room, Callback<Nothing> callback);
  void leave_room(socketio::Socket& socket, const std::string& room, Callback<Nothing> callback);
  [[nodiscard]] bool is_in_room(socketio::Socket& socket, const std::string& room);

  /// The client has done something: for `lastActiveAt`, which is written twice in a minute at most.
  void touch(socketio::Socket& socket);

  // Any thread. `data` is what emit() takes.

  /// To the room, and to its list of last events.
  template <class T>
  void broadcast_to_room(const std::string& room, std::string_view event, const T& data) {
    nsp_.to(room_key(room)).emit(event, data);
    directory_.add_event(room, std::string(event), socketio::to_value(data));
  }
  template <class T>
  void send_to_client(const std::string& client_id, std::string_view event, const T& data) {
    nsp_.to(client_id).emit(event, data);
  }
  template <class T>
  void broadcast(std::string_view event, const T& data) {
    nsp_.emit(event, data);
  }

 private:
  struct Client {
    engineio::Clock::time_point touched;
    std::set<std::string> rooms;
  };

  socketio::Namespace& nsp_;
  ClientRecords& clients_;
  RoomDirectory& directory_;
  LocalRooms& rooms_;
  PerSocket<Client> connected_;
};

}  // namespace chat
