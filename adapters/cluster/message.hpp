#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "socketio/broadcast_operator.hpp"
#include "socketio/codec.hpp"
#include "socketio/value.hpp"
#include "socketio/value_view.hpp"
#include "socketio/writer.hpp"

namespace adapters::cluster {

/// What nodes tell each other (ClusterAdapter of socket.io-adapter).
enum class MessageType : std::uint8_t {
  initial_heartbeat = 1,
  heartbeat,
  broadcast,
  sockets_join,
  sockets_leave,
  disconnect_sockets,
  fetch_sockets,
  fetch_sockets_response,
  server_side_emit,
  server_side_emit_response,
  broadcast_client_count,
  broadcast_ack,
  adapter_close
};

[[nodiscard]] std::optional<MessageType> message_type(std::int64_t number) noexcept;

/// Only these are looked through for binary; in all others it becomes JSON.
[[nodiscard]] bool may_hold_binary(MessageType type) noexcept;

/// A received message; views of its bytes and of a tape.
struct Message {
  MessageType type = MessageType::heartbeat;
  std::string_view uid;  ///< of the sender; empty where it did not say
  std::string_view nsp;
  socketio::ValueView data;
};

// --- The data of each type ---------------------------------------------------------------------

/// Type 3. `packet` writes `[event, args…]`; `request` is empty where no acknowledgements are asked
/// for.
void write_broadcast(socketio::Writer& writer, socketio::PayloadWriter packet,
                     std::string_view request, const socketio::BroadcastOptions& options);
/// Types 4 and 5.
void write_rooms_change(socketio::Writer& writer, const socketio::BroadcastOptions& options,
                        const std::vector<std::string>& rooms);
/// Type 6.
void write_disconnect(socketio::Writer& writer, const socketio::BroadcastOptions& options,
                      bool close);
/// Type 7.
void write_fetch(socketio::Writer& writer, const socketio::BroadcastOptions& options,
                 std::string_view request);
/// Type 8.
void write_fetch_response(socketio::Writer& writer, std::string_view request,
                          const std::vector<socketio::SocketDescription>& sockets);
/// Type 9. `request` is empty where no answer is asked for.
void write_server_side_emit(socketio::Writer& writer, socketio::PayloadWriter packet,
                            std::string_view request);
/// Types 10 and 12. nullptr: the answer has no argument, JavaScript's undefined.
/// `knows_absence`: undefined members are left out (JSON, notepack), else they are null.
void write_answer(socketio::Writer& writer, std::string_view request, const socketio::Value* answer,
                  bool knows_absence);
/// Type 11.
void write_client_count(socketio::Writer& writer, std::string_view request, std::size_t count);

/// `packet`, with `offset` as its last argument.
void write_packet(socketio::Writer& writer, socketio::ValueView packet, std::string_view offset);

/// What the data of type 3 holds; nullopt: it is none.
struct BroadcastData {
  socketio::ValueView packet;  ///< `[event, args…]`
  std::string_view request;    ///< empty: no acknowledgements are asked for
  socketio::BroadcastOptions options;
};
[[nodiscard]] std::optional<BroadcastData> read_broadcast(socketio::ValueView data);

}  // namespace adapters::cluster
