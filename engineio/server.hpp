#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engineio/http.hpp"
#include "engineio/options.hpp"
#include "engineio/session.hpp"
#include "engineio/shard.hpp"

namespace engineio {

/// A refused request (the Node server's `connection_error`). Views live during the call.
struct ConnectionError {
  const HttpRequest& request;
  unsigned code;             ///< 0 to 5, as sent to the client
  std::string_view message;  ///< as sent to the client
  std::string_view name;  ///< what exactly: `INVALID_ORIGIN`, `TRANSPORT_MISMATCH`, …; empty where
                          ///< the code says it all
  std::string_view detail;  ///< the value at fault
};

/// What happened so far, summed over the shards. See Server::statistics().
struct Statistics {
  std::uint64_t connections = 0;  ///< TCP or Unix connections that are open
  /// Closed when they came: Limits::connections, Limits::connections_per_address, or what came from
  /// a trusted proxy was no PROXY header.
  std::uint64_t connections_refused = 0;
  std::uint64_t sessions = 0;          ///< that are open
  std::uint64_t polling_sessions = 0;  ///< of those, the ones on polling
  std::uint64_t sessions_opened = 0;
  std::uint64_t requests_refused = 0;
  std::uint64_t handshakes_limited = 0;  ///< of those, the ones that were answered 429
  std::uint64_t origins_refused = 0;     ///< of those, the ones that Options::allowed_origins lacks
  std::uint64_t messages_received = 0;
  std::uint64_t messages_sent = 0;
  std::uint64_t bytes_received = 0;  ///< of messages
  std::uint64_t bytes_sent = 0;
};

/// An Engine.IO server: listens, runs the shards, and hands sessions to the layer above.
///
///     engineio::Server server({.path = "/engine.io"}, [](engineio::Session& session) {
///       return std::make_unique<Echo>(session);
///     });
///     server.listen("127.0.0.1", 3000);
///     server.run();
///
/// Start here; then session.hpp for what a session can do, options.hpp for everything that can be
/// set.
class Server {
 public:
  /// Throws std::invalid_argument with one sentence that says what to change when an option is out
  /// of its range.
  Server(Options options, SessionAcceptor on_session);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Before run():

  /// Listens on an address of this machine: `0.0.0.0`, `::` (both families), `127.0.0.1`, … Port 0
  /// takes a free one. Returns the port. Throws std::system_error.
  std::uint16_t listen(const std::string& address, std::uint16_t port);
  std::uint16_t listen(const std::string& address, std::uint16_t port, const Tls& tls);
  /// Listens on a Unix socket. A stale socket file is replaced, a live one is an error.
  void listen_unix(const std::string& path);

  /// Serves requests outside of the Engine.IO path: those for exactly `path` and `method`, and all
  /// the rest. Without these, they get 404. An empty method means any.
  void on_http(std::string method, std::string path, HttpHandler handler);
  void on_http(HttpHandler handler);

  void on_connection_error(std::function<void(const ConnectionError&)> observer);

  /// Called on the session's shard when it begins, before its handler is made, and when it has
  /// ended, at the latest when the server is destroyed: to count clients by address, say. Either
  /// may be empty.
  using SessionObserver = std::function<void(const Session& session)>;
  void on_session(SessionObserver begins, SessionObserver has_ended);

  /// Runs `handler` on the first shard when one of `signals` arrives (SIGTERM, SIGINT, …), instead
  /// of what the signal would do. A signal has one handler. Throws std::system_error.
  void on_signals(const std::vector<int>& signals, Task handler);

  // Any thread, any time:

  /// Serves a connection that someone else accepted: takes over the descriptor, and the bytes that
  /// were already read from it. The limits on connections hold for it, and a PROXY header is
  /// expected of it, as if it had been accepted here.
  void adopt(int descriptor, std::string received);

  /// Reads certificates and keys again; connections that exist keep theirs. Throws
  /// std::runtime_error and keeps the old ones.
  void reload_tls();

  [[nodiscard]] std::size_t shard_count() const noexcept;
  [[nodiscard]] Shard& shard(std::size_t index) noexcept;

  /// Calls `visit` for every session of `shard`. On that shard's thread.
  void for_each_session(Shard& shard, const std::function<void(Session&)>& visit);

  [[nodiscard]] Statistics statistics() const;

  /// Runs the shards; the calling thread is the first of them. Returns after stop().
  void run();

  /// Refuses new sessions with 503 and closes those that there are, in no order and evenly over
  /// `span`, each after what is queued has been sent, so that their clients do not all come back
  /// elsewhere at once. Then runs `on_drained` on some shard: when no session is left, at the
  /// latest when the span is over. At most once.
  void drain(std::chrono::milliseconds span, Task on_drained);

  /// Stops listening, closes every session (what is queued is dropped), gives connections a moment
  /// to leave, and makes run() return. Idempotent.
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace engineio
