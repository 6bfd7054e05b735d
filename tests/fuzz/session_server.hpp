#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>

#include "engineio/core/engine.hpp"
#include "engineio/http/connection.hpp"
#include "socketio/detail/server_core.hpp"
#include "socketio/namespace.hpp"
#include "tests/support/fake_shard.hpp"
#include "tests/support/fake_stream.hpp"

namespace fuzz {

/// What a server is like in one run of `session`.
struct SessionOptions {
  bool msgpack = false;
  bool deflate = false;
  bool recovery = false;
  bool limits_per_client = false;  ///< those that are off by default
};

/// A whole server on fake connections and fake time, with limits so small that inputs reach them,
/// and an application that does a little of everything. What it sees and what it sends is written
/// down.
class SessionServer {
 public:
  explicit SessionServer(const SessionOptions& options);
  ~SessionServer();

  /// A new connection, which becomes the current one.
  void connect();
  /// Another one of those that are there.
  void choose(std::size_t number);
  /// The one that bytes come from; made if there is none.
  support::FakeStream& current();

  /// The application does something by itself, according to `choice`.
  void act(char choice);
  void advance(engineio::Clock::duration duration);
  /// Ends a turn, and those that follow from it.
  void end_turn() { shard_.settle(); }
  /// The same, and writes down what was sent.
  void settle();

  /// The id of the Engine.IO session that was opened last.
  [[nodiscard]] const std::string& last_session() const { return last_session_; }

  /// All clients leave, and all deadlines pass: nothing of them is left.
  void end();

  /// What has happened, in a form to compare.
  std::string events;

  static constexpr std::size_t max_message = 500;   ///< bytes
  static constexpr std::size_t max_rooms = 3;       ///< of a socket
  static constexpr std::size_t max_namespaces = 3;  ///< of a connection

 private:
  void serve(socketio::Namespace& nsp);
  void on_connection(socketio::Socket& socket);
  void note_output();
  void check_sockets();

  support::FakeShard shard_;
  socketio::detail::ServerCore core_;
  engineio::core::Config config_;
  engineio::core::Engine engine_;
  engineio::http::DateClock date_;
  engineio::http::ConnectionContext http_;
  std::list<support::FakeStream> streams_;
  support::FakeStream* current_ = nullptr;
  std::string last_session_;
};

}  // namespace fuzz
