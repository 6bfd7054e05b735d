#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "socketio/detail/outgoing.hpp"
#include "socketio/detail/rare_state.hpp"
#include "socketio/socket.hpp"

namespace socketio::detail {

/// The inside of a Socket, for those who make it work. On the socket's shard.
struct SocketAccess {
  using State = Socket::State;

  [[nodiscard]] static Socket& of(Occupant& occupant) noexcept {
    return static_cast<Socket&>(occupant);
  }
  [[nodiscard]] static Occupant& occupant(Socket& socket) noexcept { return socket; }
  [[nodiscard]] static const Occupant& occupant(const Socket& socket) noexcept { return socket; }

  [[nodiscard]] static Client& client(const Socket& socket) noexcept { return *socket.client_; }
  [[nodiscard]] static const std::shared_ptr<Client>& shared_client(const Socket& s) noexcept {
    return s.client_;
  }
  [[nodiscard]] static NamespaceShard& shard(const Socket& socket) noexcept {
    return *socket.shard_;
  }
  [[nodiscard]] static State state(const Socket& socket) noexcept { return socket.state_; }
  static void set_state(Socket& socket, State state) noexcept { socket.state_ = state; }
  static void set_recovered(Socket& socket) noexcept { socket.recovered_ = true; }
  [[nodiscard]] static std::uint64_t& mark(Socket& socket) noexcept { return socket.mark_; }
  [[nodiscard]] static std::uint32_t& position(Socket& s) noexcept { return s.position_; }
  [[nodiscard]] static bool& in_own_room(Socket& s) noexcept { return s.in_own_room_; }
  [[nodiscard]] static bool in_own_room(const Socket& s) noexcept { return s.in_own_room_; }
  /// nullptr as long as nothing needs it.
  [[nodiscard]] static RareState* find_rare(const Socket& s) noexcept { return s.rare_.get(); }
  [[nodiscard]] static RareState& rare(Socket& socket) { return socket.rare(); }
  [[nodiscard]] static EventTable* listeners(const Socket& s) noexcept {
    return s.listeners_.get();
  }

  /// Sends one packet, unless the connection has closed.
  static void deliver(Socket& socket, const OutgoingPacket& packet, EmitFlags flags);

  /// A packet of the client for this socket; not a CONNECT.
  static void on_packet(Socket& socket, const Packet& packet);
  /// Something is wrong with the client: tells the handlers of Socket::on_error().
  static void on_error(Socket& socket, const ConnectError& error);
  /// Tells the handlers of Socket::on_drain().
  static void on_drain(Socket& socket);
  /// Runs the handlers of an event, if the socket is still there.
  static void dispatch(Socket& socket, IncomingEvent& event);

  /// Makes the client owe an answer.
  static void expect_ack(Socket& socket, std::uint64_t id, AckCallback callback, bool of_broadcast,
                         std::optional<std::chrono::milliseconds> timeout);
  /// True if the socket owed it.
  static bool forget_ack(Socket& socket, std::uint64_t id);

  /// Leaves the namespace. Ignored unless connected.
  static void leave(Socket& socket, std::string_view reason, std::string_view description);
  /// A socket that was refused, or whose connection closed, before it had connected.
  static void abandon(Socket& socket);
  /// The session below goes away, and the socket may outlive it.
  static void keep_handshake(Socket& socket);

 private:
  static void on_event(Socket& socket, const Packet& packet);
  static void on_ack(Socket& socket, const Packet& packet);
  static void run_disconnect_handlers(Socket& socket,
                                      std::vector<DisconnectHandler> RareState::*handlers,
                                      std::string_view reason, std::string_view description);
  static void persist(Socket& socket);
  static void release(Socket& socket);
  static void fail_acks(Socket& socket);
};

}  // namespace socketio::detail
