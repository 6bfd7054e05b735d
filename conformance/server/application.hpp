#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "socketio/server.hpp"

namespace conformance {

/// Mode app: the application that the conformance tests talk to. See each event in events.hpp.
class Application {
 public:
  Application(socketio::Server& io, std::string node_name);

  // What the events ask about. Any thread.

  [[nodiscard]] socketio::Value statistics(const socketio::Namespace& nsp,
                                           std::size_t room_count) const;
  /// Reason and rooms of a socket that has left; null for others. The last thousand are kept.
  [[nodiscard]] socketio::Value gone(const std::string& id) const;
  [[nodiscard]] socketio::Value server_side_events(const std::string& nsp) const;

 private:
  void serve(socketio::Namespace& nsp, socketio::ConnectionHandler greet);
  void remember_when_gone(socketio::Socket& socket);
  void log_server_side_events(socketio::Namespace& nsp);
  void log(const std::string& nsp, socketio::Array event);

  socketio::Server& io_;
  const std::string node_name_;
  std::atomic<std::uint64_t> recover_middleware_runs_ = 0;

  mutable std::mutex mutex_;
  std::map<std::string, socketio::Value> gone_;
  std::deque<std::string> gone_order_;
  std::map<std::string, socketio::Array> server_side_events_;
};

/// The rooms of a socket, sorted.
[[nodiscard]] socketio::Array sorted_rooms(std::vector<std::string> rooms);

}  // namespace conformance
