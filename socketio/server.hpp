#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <regex>
#include <string>
#include <string_view>
#include <utility>

#include "engineio/http.hpp"
#include "engineio/options.hpp"
#include "engineio/server.hpp"
#include "socketio/broadcast_operator.hpp"
#include "socketio/namespace.hpp"
#include "socketio/options.hpp"
#include "socketio/socket.hpp"

namespace socketio {

/// What happened so far, summed over the shards. See Server::statistics().
struct Statistics {
  std::uint64_t clients = 0;     ///< connections that are open
  std::uint64_t sockets = 0;     ///< connected, of all namespaces
  std::uint64_t namespaces = 0;  ///< that exist, `/` included, parents not
  std::uint64_t connects = 0;    ///< sockets that joined a namespace
  std::uint64_t recoveries = 0;  ///< of those, the ones whose state was restored
  std::uint64_t refused_connects = 0;
  std::uint64_t packets_received = 0;
  std::uint64_t packets_sent = 0;       ///< each receiver of a broadcast counts
  std::uint64_t volatile_dropped = 0;   ///< packets
  std::uint64_t invalid_packets = 0;    ///< each has ended a connection
  std::uint64_t flooding_clients = 0;   ///< disconnected, over Limits::events_per_connection
  std::uint64_t invalid_arguments = 0;  ///< events that did not fit their handler
  std::uint64_t handler_exceptions = 0;
  std::uint64_t refused_joins = 0;  ///< of rooms, over Limits::rooms_per_socket
  std::uint64_t lost_tasks = 0;     ///< that a full mailbox between shards refused
};

/// A Socket.IO server.
///
///     socketio::Server io{{.cors = {.origin = "https://app.example"}}};
///     io.on_connection([](socketio::Socket& socket) {
///       socket.on("add", [](int a, int b) { return a + b; });
///     });
///     io.listen(3000);
///     io.run();
///
/// Start here; then socket.hpp for one client, namespace.hpp and broadcast_operator.hpp for many,
/// handler.hpp for what a handler can be, options.hpp and engineio/options.hpp for what can be set.
class Server {
 public:
  /// Throws std::invalid_argument with one sentence that says what to change when an option is out
  /// of its range.
  explicit Server(engineio::Options engine = {}, Options options = {});

  /// After run() has returned. Answers that the application still owes by then (Ack, Next,
  /// HttpResponder, an AllowDecision) may be given later, and are dropped. Namespaces and sockets
  /// must not be used any more.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Namespaces. Any thread.

  /// The namespace of that name, made if there is none. A leading `/` is added. A name that a
  /// parent matches is a child of it, which then stays for good.
  Namespace& of(std::string_view name);
  Namespace& of(const char* name) { return of(std::string_view(name)); }
  /// Namespaces made when a client asks for a name in which `pattern` is found.
  ParentNamespace& of(std::regex pattern);
  /// Namespaces made when a client asks for a name that `matcher` accepts: it calls `next(true)` or
  /// `next(false)`, maybe later and from any thread. It runs on the client's shard.
  using NamespaceMatcher = std::function<void(const std::string& name, const Value& auth,
                                              std::function<void(bool accepted)> next)>;
  ParentNamespace& of(NamespaceMatcher matcher);

  /// Called with every namespace that is made from now on, dynamic ones included, but `/` and
  /// parents.
  void on_new_namespace(std::function<void(Namespace&)> observer);

  /// The main namespace, `/`. What follows is short for it.
  [[nodiscard]] Namespace& sockets() const noexcept;

  Server& use(Middleware middleware);
  Server& on_connection(ConnectionHandler handler);
  template <class F>
  Server& handle(std::string_view event, F&& handler) {
    sockets().handle(event, std::forward<F>(handler));
    return *this;
  }
  template <class F>
  Server& on_server_event(std::string_view event, F&& handler) {
    sockets().on_server_event(event, std::forward<F>(handler));
    return *this;
  }

  [[nodiscard]] BroadcastOperator to(RoomList rooms) { return sockets().to(std::move(rooms)); }
  [[nodiscard]] BroadcastOperator in(RoomList rooms) { return sockets().to(std::move(rooms)); }
  [[nodiscard]] BroadcastOperator except(RoomList rooms) {
    return sockets().except(std::move(rooms));
  }
  [[nodiscard]] BroadcastOperator volatile_() { return sockets().volatile_(); }
  [[nodiscard]] BroadcastOperator compress(bool enabled) { return sockets().compress(enabled); }
  [[nodiscard]] BroadcastOperator local() { return sockets().local(); }
  [[nodiscard]] BroadcastOperator timeout(std::chrono::milliseconds duration) {
    return sockets().timeout(duration);
  }

  template <class... Args>
  void emit(std::string_view event, const Args&... args) {
    sockets().emit(event, args...);
  }
  /// emit("message", args…)
  template <class... Args>
  void send(const Args&... args) {
    sockets().send(args...);
  }
  template <class... ArgsAndCallback>
  void emit_with_ack(std::string_view event, ArgsAndCallback&&... args) {
    sockets().emit_with_ack(event, std::forward<ArgsAndCallback>(args)...);
  }
  void fetch_sockets(FetchCallback on_sockets) { sockets().fetch_sockets(std::move(on_sockets)); }
  void sockets_join(RoomList rooms) { sockets().sockets_join(std::move(rooms)); }
  void sockets_leave(RoomList rooms) { sockets().sockets_leave(std::move(rooms)); }
  void disconnect_sockets(bool close = false) { sockets().disconnect_sockets(close); }
  template <class... Args>
  void server_side_emit(std::string_view event, const Args&... args) {
    sockets().server_side_emit(event, args...);
  }
  template <class... ArgsAndCallback>
  void server_side_emit_with_ack(std::string_view event, ArgsAndCallback&&... args) {
    sockets().server_side_emit_with_ack(event, std::forward<ArgsAndCallback>(args)...);
  }

  // Before run(); see engineio/server.hpp.

  /// On all addresses, as Node does. Port 0 takes a free one. Returns the port.
  std::uint16_t listen(std::uint16_t port);
  std::uint16_t listen(const std::string& address, std::uint16_t port);
  std::uint16_t listen(std::uint16_t port, const engineio::Tls& tls);
  std::uint16_t listen(const std::string& address, std::uint16_t port, const engineio::Tls& tls);
  void listen_unix(const std::string& path);

  /// Serves requests outside of the server's path.
  void on_http(std::string method, std::string path, engineio::HttpHandler handler);
  void on_http(engineio::HttpHandler handler);
  void on_connection_error(std::function<void(const engineio::ConnectionError&)> observer);

  /// close() on SIGINT and SIGTERM. At most once. Throws std::system_error.
  void stop_on_signals();

  /// Serves until close(). The calling thread is the first shard.
  void run();

  // Any thread, any time.

  /// Every socket leaves with the reason `server shutting down`, which a recovery outlives; clients
  /// are not told and come back where they find a server. Then run() returns. Idempotent.
  void close();
  void stop() { close(); }
  /// The same after a drain: new clients are refused, and those that are there sent away one after
  /// the other in the course of `span`. Once it has begun, close() cuts it short.
  void close(std::chrono::milliseconds span);

  [[nodiscard]] Statistics statistics() const;
  [[nodiscard]] engineio::Server& engine() noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace socketio
