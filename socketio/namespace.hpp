#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engineio/function.hpp"
#include "socketio/ack.hpp"
#include "socketio/adapter.hpp"
#include "socketio/broadcast_operator.hpp"
#include "socketio/handler.hpp"
#include "socketio/middleware.hpp"
#include "socketio/socket.hpp"

namespace socketio {

namespace detail {
class NamespaceShard;
class ServerCore;
struct HandlerLists;
struct NamespaceAccess;

/// Who keeps a namespace.
struct NamespaceLease {
  std::size_t count = 0;  // sockets, and those that want to become one
  bool dynamic = false;   // made for a client
  bool kept = false;      // the application has a reference
  bool closed = false;    // its adapter is
};
}  // namespace detail

using ConnectionHandler = engineio::Function<void(Socket&)>;

/// A part of the server's clients that share a name, like `/admin`: its sockets, rooms and
/// handlers. Made by Server::of(); lives as long as the server (a dynamic one as long as it has
/// sockets, where Options::cleanup_empty_child_namespaces is set).
///
/// Any thread, unless said otherwise. Handlers run on the shards of their sockets, so one handler
/// may run on several shards at once.
class Namespace : public std::enable_shared_from_this<Namespace> {
 public:
  Namespace(detail::ServerCore& core, std::string name);
  virtual ~Namespace();
  Namespace(const Namespace&) = delete;
  Namespace& operator=(const Namespace&) = delete;

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] Adapter& adapter() const noexcept { return *adapter_; }
  /// Connected sockets of this server.
  [[nodiscard]] std::size_t socket_count() const noexcept { return socket_count_.load(); }

  // What happens to those who join from now on.

  /// Runs for each socket before it joins, in order: see Next.
  Namespace& use(Middleware middleware);
  /// Called with each socket that has joined.
  Namespace& on_connection(ConnectionHandler handler);

  /// Handles an event of all sockets, from the next packet on. Costs nothing per socket, unlike
  /// Socket::on(). Takes what make_event_handler() takes.
  ///
  ///     io.of("/chat").handle("say", [](Socket& socket, std::string text) { … });
  template <class F>
  Namespace& handle(std::string_view event, F&& handler) {
    return handle_raw(event, make_event_handler(std::forward<F>(handler)));
  }
  Namespace& handle_raw(std::string_view event, EventHandler handler);

  // To clients; see BroadcastOperator.

  [[nodiscard]] BroadcastOperator everyone();  ///< the whole namespace
  [[nodiscard]] BroadcastOperator to(RoomList rooms) { return everyone().to(std::move(rooms)); }
  [[nodiscard]] BroadcastOperator in(RoomList rooms) { return everyone().to(std::move(rooms)); }
  [[nodiscard]] BroadcastOperator except(RoomList rooms) {
    return everyone().except(std::move(rooms));
  }
  [[nodiscard]] BroadcastOperator volatile_() { return everyone().volatile_(); }
  [[nodiscard]] BroadcastOperator compress(bool enabled) { return everyone().compress(enabled); }
  [[nodiscard]] BroadcastOperator local() { return everyone().local(); }
  [[nodiscard]] BroadcastOperator timeout(std::chrono::milliseconds duration) {
    return everyone().timeout(duration);
  }

  template <class... Args>
  void emit(std::string_view event, const Args&... args) {
    everyone().emit(event, args...);
  }
  /// emit("message", args…)
  template <class... Args>
  void send(const Args&... args) {
    emit("message", args...);
  }
  template <class... ArgsAndCallback>
  void emit_with_ack(std::string_view event, ArgsAndCallback&&... args) {
    everyone().emit_with_ack(event, std::forward<ArgsAndCallback>(args)...);
  }

  void fetch_sockets(FetchCallback on_sockets) { everyone().fetch_sockets(std::move(on_sockets)); }
  void sockets_join(RoomList rooms) { everyone().sockets_join(std::move(rooms)); }
  void sockets_leave(RoomList rooms) { everyone().sockets_leave(std::move(rooms)); }
  void disconnect_sockets(bool close = false) { everyone().disconnect_sockets(close); }

  // Between the servers of a cluster. (`namespace.on(…)` in Node.)

  /// Handles an event that another server sent with server_side_emit(). On the first shard. Takes
  /// what make_event_handler() takes, without `Socket&`.
  template <class F>
  Namespace& on_server_event(std::string_view event, F&& handler) {
    return on_server_event_raw(event, make_event_handler(std::forward<F>(handler)));
  }
  Namespace& on_server_event_raw(std::string_view event, EventHandler handler);

  /// Sends an event to all other servers of the cluster. Throws std::invalid_argument for
  /// `connect`, `connection` and `new_namespace`.
  template <class... Args>
  void server_side_emit(std::string_view event, const Args&... args) {
    const auto write = [&](Writer& writer) { write_event(writer, event, args...); };
    server_side_emit_payload(event, write, nullptr);
  }
  /// The last argument is called with the AckResults: one response of each other server.
  template <class... ArgsAndCallback>
  void server_side_emit_with_ack(std::string_view event, ArgsAndCallback&&... args) {
    detail::with_last_as_callback<AckResultsCallback>(
        event,
        [&](PayloadWriter payload, AckResultsCallback callback) {
          server_side_emit_payload(event, payload, std::move(callback));
        },
        std::forward<ArgsAndCallback>(args)...);
  }
  void server_side_emit_payload(std::string_view event, PayloadWriter payload,
                                AckResultsCallback on_answers);

  /// Calls `visit` for every connected socket of `shard`. On that shard's thread.
  void for_each_socket(engineio::Shard& shard, const std::function<void(Socket&)>& visit);

 private:
  friend struct detail::NamespaceAccess;

  detail::ServerCore& core_;
  const std::string name_;
  std::unique_ptr<Adapter> adapter_;
  std::vector<std::unique_ptr<detail::NamespaceShard>> shards_;

  // Lists that are replaced, never changed: whoever uses one keeps it.
  mutable std::mutex handlers_mutex_;
  std::shared_ptr<const detail::HandlerLists> handlers_;
  std::atomic<std::uint64_t> handlers_version_ = 0;

  std::atomic<std::uint64_t> next_ack_id_ = 0;
  std::atomic<std::size_t> socket_count_ = 0;
  detail::NamespaceLease lease_;
};

/// The pattern of dynamic namespaces, as Server::of() makes it from a regular expression or a
/// function. What is registered here applies to the children made from then on; what is sent here
/// goes to all of them. It has no sockets of its own.
class ParentNamespace final : public Namespace {
 public:
  ParentNamespace(detail::ServerCore& core, std::string name);
  ~ParentNamespace() override;

  [[nodiscard]] std::vector<std::shared_ptr<Namespace>> children() const;

 private:
  friend struct detail::NamespaceAccess;

  mutable std::mutex children_mutex_;
  std::vector<std::weak_ptr<Namespace>> children_;
};

}  // namespace socketio
