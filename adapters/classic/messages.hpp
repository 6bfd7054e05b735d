#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "socketio/adapter.hpp"
#include "socketio/broadcast_operator.hpp"
#include "socketio/tape.hpp"
#include "socketio/value.hpp"
#include "socketio/writer.hpp"

// The messages of `createAdapter()`, byte for byte as Node writes them.

namespace adapters::classic {

enum class MessageType : std::uint8_t {
  sockets = 0,  ///< of old servers only
  all_rooms = 1,
  join = 2,
  leave = 3,
  disconnect = 4,
  fetch = 5,
  server_event = 6,
  broadcast = 7,  ///< with acknowledgements
  client_count = 8,
  ack = 9
};

/// Emitters have no uid of their own.
inline constexpr std::string_view emitter_uid = "emitter";

// Broadcasts. `data` writes `[event, args…]`.

[[nodiscard]] std::string encode_broadcast(std::string_view uid, std::string_view nsp,
                                           socketio::PayloadWriter data,
                                           const socketio::BroadcastOptions& options);
[[nodiscard]] std::string encode_emitter_broadcast(std::string_view nsp,
                                                   socketio::PayloadWriter data,
                                                   const socketio::BroadcastOptions& options);
/// What a broadcast of this server begins with, and no other message does.
[[nodiscard]] std::string own_broadcast_prefix(std::string_view uid);

// Requests. An empty `uid` or `id` is left out.

[[nodiscard]] std::string encode_all_rooms(std::string_view uid, std::string_view id);
[[nodiscard]] std::string encode_fetch(std::string_view uid, std::string_view id,
                                       const socketio::BroadcastOptions& options);
/// `type`: join or leave.
[[nodiscard]] std::string encode_rooms_change(std::string_view uid, MessageType type,
                                              const socketio::BroadcastOptions& options,
                                              const std::vector<std::string>& rooms);
[[nodiscard]] std::string encode_disconnect(std::string_view uid,
                                            const socketio::BroadcastOptions& options, bool close);
[[nodiscard]] std::string encode_server_event(std::string_view uid, std::string_view id,
                                              socketio::PayloadWriter data);
[[nodiscard]] std::string encode_broadcast_with_ack(std::string_view uid, std::string_view id,
                                                    std::string_view nsp,
                                                    socketio::PayloadWriter data,
                                                    const socketio::BroadcastOptions& options);
/// What the requests of this server begin with, in JSON and in MessagePack.
[[nodiscard]] std::string own_json_prefix(std::string_view uid);
[[nodiscard]] std::string own_msgpack_prefix(std::string_view uid);

// Responses.

[[nodiscard]] std::string encode_sockets(std::string_view id,
                                         const std::vector<socketio::SocketDescription>& sockets);
[[nodiscard]] std::string encode_socket_ids(
    std::string_view id, const std::vector<socketio::SocketDescription>& sockets);
[[nodiscard]] std::string encode_rooms(std::string_view id, const std::vector<std::string>& rooms);
[[nodiscard]] std::string encode_done(std::string_view id);
/// `value` may be absent: there was no argument.
[[nodiscard]] std::string encode_server_event_response(std::string_view id,
                                                       socketio::ValueView value);
[[nodiscard]] std::string encode_client_count(std::string_view id, std::size_t count);
/// A null is left out: it stands for an acknowledgement without arguments as well.
[[nodiscard]] std::string encode_ack(std::string_view id, const socketio::Value& value);

/// Reads a request or a response, which is JSON if it begins like an object, else MessagePack.
/// False: it is neither.
[[nodiscard]] bool decode(std::span<char> message, socketio::Tape& tape);

}  // namespace adapters::classic
