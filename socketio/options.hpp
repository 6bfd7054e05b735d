#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engineio/options.hpp"

namespace socketio {

class Adapter;
class Namespace;
class Parser;

/// Connection state recovery (Socket.IO 4.6 and newer): a client that comes back in time gets its
/// id, rooms, data and the events it missed.
struct Recovery {
  std::chrono::milliseconds max_disconnection_duration{120'000};
  bool skip_middlewares = true;  ///< when the state could be restored
};

/// Limits of the Socket.IO layer; those of the transport are engineio::Limits.
struct Limits {
  std::size_t namespaces_per_connection = 1'000;  ///< joined at once; more closes the connection
  std::size_t namespace_name_bytes =
      256;  ///< of a client's CONNECT; longer is an invalid namespace
  std::size_t dynamic_namespaces = 100'000;  ///< that exist at once; more are refused as invalid
  std::size_t rooms_per_socket = 100'000;    ///< further joins are ignored and counted
  std::size_t pending_acks = 100'000;        ///< unanswered by one socket; the oldest is given up
  engineio::RateLimit events_per_connection =
      {};  ///< events and CONNECTs of a client; more closes it
  std::chrono::milliseconds attachment_timeout{
      30'000};  ///< for each attachment of a packet to come; then the connection is closed
  std::size_t recovery_log_bytes =
      64 * 1024 * 1024;                     ///< of one namespace; the oldest events go first
  std::size_t recovery_sessions = 100'000;  ///< of one namespace; the oldest go first
};

/// How serious a log line is.
enum class LogLevel { debug, info, warning, error };

/// Options of the Socket.IO layer. Those of the transport (path, CORS, heartbeat, …) are
/// engineio::Options.
struct Options {
  /// How long a client may stay connected without having joined a namespace.
  std::chrono::milliseconds connect_timeout{45'000};

  std::optional<Recovery> connection_state_recovery = std::nullopt;

  /// Remove dynamic namespaces that have no socket left.
  bool cleanup_empty_child_namespaces = false;

  /// Serve the browser client under the path: `/socket.io/socket.io.js` and its variants.
  bool serve_client = true;
  /// Where its files are. Empty: where this library was installed with them.
  std::string client_directory = {};

  /// nullptr: the default parser (JSON). See parser.hpp; make_msgpack_parser() speaks
  /// `socket.io-msgpack-parser`.
  std::shared_ptr<const Parser> parser = nullptr;

  /// Makes the adapter of each namespace, from whatever thread makes that. It must not call
  /// Server::of(). Empty: rooms live in this process.
  std::function<std::unique_ptr<Adapter>(Namespace&)> adapter = nullptr;

  /// Told about what went wrong inside, from any thread: exceptions of handlers, for example.
  /// Empty: warnings and errors go to standard error.
  std::function<void(LogLevel, std::string_view)> log = nullptr;

  Limits limits = {};
};

}  // namespace socketio
