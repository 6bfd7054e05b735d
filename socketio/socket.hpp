#pragma once

#include <atomic>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "engineio/function.hpp"
#include "engineio/options.hpp"
#include "socketio/ack.hpp"
#include "socketio/arguments.hpp"
#include "socketio/broadcast_operator.hpp"
#include "socketio/handler.hpp"
#include "socketio/handshake.hpp"
#include "socketio/middleware.hpp"
#include "socketio/value.hpp"

namespace engineio {
class Session;
class Shard;
}  // namespace engineio

namespace socketio {

class Namespace;
class Socket;

namespace detail {
class Client;
class EventTable;
class NamespaceShard;
struct RareState;
struct SocketAccess;

/// Where a socket is in a room.
struct Membership {
  std::uint32_t room;   // in the table of its namespace and shard
  std::uint32_t place;  // among the room's members
};

/// What can be in rooms.
struct Occupant {
  std::vector<Membership> memberships;
};
}  // namespace detail

/// Names a listener, to remove it.
enum class ListenerId : std::uint64_t {};

/// Called with every event, whatever its name. The views live during the call.
using AnyListener = engineio::Function<void(std::string_view event, const Arguments& arguments)>;

/// Called when a socket leaves its namespace. `reason` is one of the texts of Node:
///  - `transport close`, `transport error`, `ping timeout`: the connection was lost;
///  - `parse error`: the client sent an undecodable Engine.IO packet;
///  - `forced close`, `forced server close`: the connection was closed here, as after an invalid
///    packet;
///  - `server shutting down`: Server::close();
///  - `client namespace disconnect`: the client left;
///  - `server namespace disconnect`: Socket::disconnect().
///
/// `description` says more, or is empty.
using DisconnectHandler =
    engineio::Function<void(std::string_view reason, std::string_view description)>;

/// How the next emit of a socket is sent: `socket.volatile_().compress(false).emit(…)`. Refers to
/// the socket; use it in one expression.
class SocketEmitter {
 public:
  explicit SocketEmitter(Socket& socket) noexcept : socket_(socket) {}

  [[nodiscard]] SocketEmitter volatile_() const;
  [[nodiscard]] SocketEmitter compress(bool enabled) const;
  /// For emit_with_ack().
  [[nodiscard]] SocketEmitter timeout(std::chrono::milliseconds duration) const;

  [[nodiscard]] BroadcastOperator broadcast() const;
  [[nodiscard]] BroadcastOperator local() const { return broadcast().local(); }
  [[nodiscard]] BroadcastOperator to(RoomList rooms) const {
    return broadcast().to(std::move(rooms));
  }
  [[nodiscard]] BroadcastOperator in(RoomList rooms) const {
    return broadcast().to(std::move(rooms));
  }
  [[nodiscard]] BroadcastOperator except(RoomList rooms) const {
    return broadcast().except(std::move(rooms));
  }

  template <class... Args>
  void emit(std::string_view event, const Args&... args) const;
  template <class... ArgsAndCallback>
  void emit_with_ack(std::string_view event, ArgsAndCallback&&... args) const;

 private:
  Socket& socket_;
  EmitFlags flags_;
  std::optional<std::chrono::milliseconds> timeout_;
};

/// One client in one namespace. Handlers get a `Socket&`; shared_from_this() keeps it longer.
///
/// Threads: a socket belongs to a shard, and its handlers are called there. emit(), send(),
/// emit_with_ack(), join(), leave(), disconnect() and all that leads to a BroadcastOperator, and
/// id(), nsp() and connected(), may be called from any thread; everything else on its shard only.
///
/// What is registered here is destroyed when the socket has disconnected, so a handler may capture
/// the socket by reference.
class Socket final : public std::enable_shared_from_this<Socket>, private detail::Occupant {
 public:
  /// Made by the server.
  Socket(std::shared_ptr<detail::Client> client, detail::NamespaceShard& shard, std::string id);
  ~Socket();
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  // What it is.

  /// 20 random characters; public, unlike the id of the Engine.IO session. After a recovery it is
  /// the one from before.
  [[nodiscard]] const std::string& id() const noexcept { return id_; }
  [[nodiscard]] Namespace& nsp() const noexcept;
  [[nodiscard]] const Handshake& handshake();
  /// False in middlewares and after the disconnection.
  [[nodiscard]] bool connected() const noexcept {
    const State state = state_.load(std::memory_order_relaxed);
    return state == State::connected || state == State::leaving;
  }
  /// The client is back with its id, rooms and data, and got the events that it missed.
  [[nodiscard]] bool recovered() const noexcept { return recovered_; }
  /// The application's own; shown to other servers by fetch_sockets(). `{}` at first.
  [[nodiscard]] Value& data();
  /// Its rooms, the own one (its id) first.
  [[nodiscard]] std::vector<std::string> rooms() const;

  /// What carries its packets at the moment (at last, after the disconnection).
  [[nodiscard]] engineio::TransportName transport() const noexcept;
  [[nodiscard]] unsigned protocol() const noexcept;  ///< of Engine.IO: 3 or 4
  /// The Engine.IO session below; nullptr once that is closed.
  [[nodiscard]] engineio::Session* connection() const noexcept;
  /// A header of the handshake request; nullopt where it had none.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name);
  [[nodiscard]] engineio::Shard& shard() const noexcept;

  // Events from the client. Several handlers of one event run in the order of their registration;
  // those of Namespace::handle() follow. See make_event_handler() for what a handler can be.

  template <class F>
  ListenerId on(std::string_view event, F&& handler) {
    return on_raw(event, make_event_handler(std::forward<F>(handler)), false);
  }
  /// For one event only.
  template <class F>
  ListenerId once(std::string_view event, F&& handler) {
    return on_raw(event, make_event_handler(std::forward<F>(handler)), true);
  }
  ListenerId on_raw(std::string_view event, EventHandler handler, bool once = false);
  void off(std::string_view event);
  void off(ListenerId listener);

  /// Called for every event before its handlers and before the middlewares of use().
  ListenerId on_any(AnyListener listener);
  ListenerId prepend_any(AnyListener listener);
  void off_any();
  void off_any(ListenerId listener);
  /// Called for every event that is sent to this client, alone or in a broadcast.
  ListenerId on_any_outgoing(AnyListener listener);
  ListenerId prepend_any_outgoing(AnyListener listener);
  void off_any_outgoing();
  void off_any_outgoing(ListenerId listener);

  /// Runs for every event before its handlers, in order. A refused one goes to on_error().
  void use(EventMiddleware middleware);

  /// It is about to leave; its rooms are still there.
  template <class F>
  void on_disconnecting(F&& handler) {
    add_disconnect_handler(to_disconnect_handler(std::forward<F>(handler)), true);
  }
  /// It has left.
  template <class F>
  void on_disconnect(F&& handler) {
    add_disconnect_handler(to_disconnect_handler(std::forward<F>(handler)), false);
  }
  /// What went wrong with this client: an undecodable packet, after which the connection is closed,
  /// or an event that a middleware of use() refused.
  void on_error(engineio::Function<void(const ConnectError& error)> handler);

  // Clients that read slowly.

  /// Bytes of packets to this client, of all its namespaces, that the kernel has not taken yet, or
  /// over polling no poll has. What a turn sends is counted until its end. Beyond
  /// engineio::Limits::outgoing_queue_bytes the client is lost. 0 once the connection has closed.
  [[nodiscard]] std::size_t queued_bytes() const noexcept;

  /// Called when all of them are gone: at the end of a turn that sent something if the client keeps
  /// up, later if not; now and then although nothing was sent. What is sent then leaves in
  /// the next turn, so a sender that never has more than so much waiting for its client, and takes
  /// turns with everything else on the shard, is:
  ///
  ///     auto send_more = [&socket, file = std::move(file)]() mutable {
  ///       while (socket.queued_bytes() < 64 * 1024 && file.has_next()) {
  ///         socket.emit("chunk", file.next());
  ///       }
  ///     };
  ///     send_more();
  ///     socket.on_drain(std::move(send_more));
  ///
  /// For what only the latest of matters, volatile_() is enough. With the streams adapter and
  /// connection state recovery nothing is counted until it has been to Redis and back: pace by
  /// emit_with_ack() there.
  ListenerId on_drain(engineio::Function<void()> handler);
  void off_drain();
  void off_drain(ListenerId listener);

  // Events to the client.

  /// Throws std::invalid_argument for a reserved event name, as Node does.
  template <class... Args>
  void emit(std::string_view event, const Args&... args) {
    SocketEmitter(*this).emit(event, args...);
  }
  /// emit("message", args…)
  template <class... Args>
  void send(const Args&... args) {
    emit("message", args...);
  }
  /// The last argument is called with the AckResult, on the socket's shard, once: with the answer,
  /// or with an error when the socket has gone or the timeout() is over. Without timeout() it waits
  /// as long as the socket is there.
  ///
  ///     socket.timeout(5s).emit_with_ack("question", "what?", [](AckResult answer) { … });
  template <class... ArgsAndCallback>
  void emit_with_ack(std::string_view event, ArgsAndCallback&&... args) {
    SocketEmitter(*this).emit_with_ack(event, std::forward<ArgsAndCallback>(args)...);
  }
  [[nodiscard]] SocketEmitter timeout(std::chrono::milliseconds duration) {
    return SocketEmitter(*this).timeout(duration);
  }
  /// Dropped where the client could not get it at once.
  [[nodiscard]] SocketEmitter volatile_() { return SocketEmitter(*this).volatile_(); }
  [[nodiscard]] SocketEmitter compress(bool enabled) {
    return SocketEmitter(*this).compress(enabled);
  }

  /// As emit(); `payload` writes `[event, args…]`.
  void emit_payload(std::string_view event, PayloadWriter payload, EmitFlags flags);
  void emit_payload_with_ack(std::string_view event, PayloadWriter payload, EmitFlags flags,
                             std::optional<std::chrono::milliseconds> timeout,
                             AckCallback on_answer);

  // Rooms, and events to others: this socket never gets them.

  /// Ignored after the disconnection. May be called in a middleware.
  void join(RoomList rooms);
  void leave(RoomList rooms);

  /// Everybody in the namespace but this socket.
  [[nodiscard]] BroadcastOperator broadcast() { return SocketEmitter(*this).broadcast(); }
  [[nodiscard]] BroadcastOperator to(RoomList rooms) { return broadcast().to(std::move(rooms)); }
  [[nodiscard]] BroadcastOperator in(RoomList rooms) { return broadcast().to(std::move(rooms)); }
  [[nodiscard]] BroadcastOperator except(RoomList rooms) {
    return broadcast().except(std::move(rooms));
  }
  [[nodiscard]] BroadcastOperator local() { return broadcast().local(); }

  /// Leaves the namespace: the client does not come back by itself. With `close` it leaves all of
  /// its namespaces, and its connection is closed. Ignored in a middleware: refuse there.
  void disconnect(bool close = false);

 private:
  friend struct detail::SocketAccess;

  enum class State : std::uint8_t { connecting, connected, leaving, disconnected };

  template <class F>
  [[nodiscard]] static DisconnectHandler to_disconnect_handler(F&& handler) {
    using Callable = std::decay_t<F>;
    if constexpr (std::is_invocable_v<Callable&, std::string_view, std::string_view>) {
      return DisconnectHandler(std::forward<F>(handler));
    } else if constexpr (std::is_invocable_v<Callable&, std::string_view>) {
      return [callable = Callable(std::forward<F>(handler))](
                 std::string_view reason, std::string_view) mutable { callable(reason); };
    } else {
      static_assert(std::is_invocable_v<Callable&>,
                    "a disconnect handler takes (std::string_view reason, "
                    "std::string_view description), or less");
      return [callable = Callable(std::forward<F>(handler))](
                 std::string_view, std::string_view) mutable { callable(); };
    }
  }
  void add_disconnect_handler(DisconnectHandler handler, bool before);
  [[nodiscard]] detail::RareState& rare();

  std::shared_ptr<detail::Client> client_;
  std::shared_ptr<Namespace> nsp_;
  detail::NamespaceShard* shard_;
  std::string id_;
  std::unique_ptr<detail::EventTable> listeners_;
  std::unique_ptr<detail::RareState> rare_;
  std::uint64_t mark_ = 0;      // the last broadcast that met this socket
  std::int64_t issued_ = 0;     // of the CONNECT, in milliseconds since 1970
  std::uint32_t position_ = 0;  // among the sockets of the namespace on this shard
  std::atomic<State> state_ = State::connecting;  // changed on the shard only
  bool recovered_ = false;
  bool in_own_room_ = false;
};

template <class... Args>
void SocketEmitter::emit(std::string_view event, const Args&... args) const {
  const auto write = [&](Writer& writer) { write_event(writer, event, args...); };
  socket_.emit_payload(event, write, flags_);
}

template <class... ArgsAndCallback>
void SocketEmitter::emit_with_ack(std::string_view event, ArgsAndCallback&&... args) const {
  detail::with_last_as_callback<AckCallback>(
      event,
      [&](PayloadWriter payload, AckCallback callback) {
        socket_.emit_payload_with_ack(event, payload, flags_, timeout_, std::move(callback));
      },
      std::forward<ArgsAndCallback>(args)...);
}

}  // namespace socketio
