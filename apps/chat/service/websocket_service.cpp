#include "apps/chat/service/websocket_service.hpp"

#include <chrono>
#include <utility>

#include "apps/chat/store/on_shard.hpp"
#include "engineio/shard.hpp"

namespace chat {

namespace {

constexpr std::chrono::seconds touch_interval{30};

Outcome<Nothing> outcome_of(Outcome<bool> outcome) {
  return {.failure = outcome.failure, .error = std::move(outcome.error)};
}

}  // namespace

WebSocketService::WebSocketService(socketio::Namespace& nsp, ClientRecords& clients,
                                   RoomDirectory& directory, LocalRooms& rooms)
    : nsp_(nsp), clients_(clients), directory_(directory), rooms_(rooms) {}

void WebSocketService::handle_connection(socketio::Socket& socket, socketio::Object metadata) {
  Client& client = connected_.make(socket);
  client.touched = socket.shard().now();
  clients_.add(socket.id(), std::move(metadata), nullptr);
  for (const std::string& key : socket.rooms()) {  // of a socket that was recovered
    if (const auto room = room_of_key(key); room && client.rooms.insert(*room).second) {
      rooms_.enter(*room);
      clients_.join(socket.id(), *room, nullptr);
    }
  }
  socket.on_disconnect([this, &socket] { handle_disconnect(socket); });
}

void WebSocketService::handle_disconnect(socketio::Socket& socket) {
  for (const std::string& room : connected_.get(socket).rooms) {
    rooms_.leave(room);
  }
  connected_.erase(socket);
  clients_.remove(socket.id(), nullptr);
}

void WebSocketService::join_room(socketio::Socket& socket, const std::string& room,
                                 Callback<Nothing> callback) {
  clients_.join(socket.id(), room,
                on_shard<bool>(socket.shard(), [this, socket = socket.shared_from_this(), room,
                                                callback = std::move(callback)](
                                                   Outcome<bool> outcome) mutable {
                  Client* client = connected_.find(*socket);
                  if (outcome && client != nullptr && client->rooms.insert(room).second) {
                    socket->join(room_key(room));
                    rooms_.enter(room);
                  }
                  callback(outcome_of(std::move(outcome)));
                }));
}

void WebSocketService::leave_room(socketio::Socket& socket, const std::string& room,
                                  Callback<Nothing> callback) {
  if (connected_.get(socket).rooms.erase(room) != 0) {
    socket.leave(room_key(room));
    rooms_.leave(room);
  }
  clients_.leave(socket.id(), room,
                 on_shard<bool>(socket.shard(),
                                [callback = std::move(callback)](Outcome<bool> outcome) mutable {
                                  callback(outcome_of(std::move(outcome)));
                                }));
}

bool WebSocketService::is_in_room(socketio::Socket& socket, const std::string& room) {
  return connected_.get(socket).rooms.contains(room);
}

void WebSocketService::touch(socketio::Socket& socket) {
  Client& client = connected_.get(socket);
  if (socket.shard().now() - client.touched >= touch_interval) {
    client.touched = socket.shard().now();
    clients_.touch(socket.id());
  }
}

}  // namespace chat
