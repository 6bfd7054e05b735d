#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/bench/floor/connection.hpp"

namespace floor_server {

/// Answers what sio_bench sends, and nothing else: it looks for the bytes that it knows and never
/// for what they mean.
class Answers {
 public:
  /// Connections that get output are appended to `dirty`.
  explicit Answers(std::vector<Connection*>& dirty) : dirty_(dirty) {}

  /// Returns how many of the bytes it used up. The others must be shown again when more have come.
  [[nodiscard]] std::size_t on_bytes(Connection& connection, std::span<char> bytes);
  void on_closed(Connection& connection);

 private:
  /// A client that polls. Its number is its sid.
  struct Session {
    Connection* poll = nullptr;  // whose GET waits for packets
    std::string packets = {};
  };

  std::string& output_of(Connection& connection);

  // Over WebSocket.
  std::size_t on_frames(Connection& connection, std::span<char> bytes);
  void on_packet(Connection& connection, std::string_view packet);
  void send(Connection& connection, char kind, std::string_view payload);
  void send_to(const std::vector<Connection*>& connections, std::string_view packet);
  void join(Connection& connection, std::string_view room);
  [[nodiscard]] std::vector<Connection*>& room_of(std::string_view name);

  // Over HTTP.
  std::size_t on_request(Connection& connection, std::string_view bytes);
  void on_upgrade(Connection& connection);
  void on_poll(Connection& connection, std::string_view sid);
  std::size_t on_post(Connection& connection, std::string_view request, std::size_t head);
  void respond(Connection& connection, std::string_view body);
  void flush_session(Session& session);
  [[nodiscard]] Session& session_of(std::string_view sid);

  std::vector<Connection*>& dirty_;
  std::vector<Connection*> joined_;
  std::vector<std::vector<Connection*>> rooms_;
  std::vector<Session> sessions_;
  std::string answer_;
};

}  // namespace floor_server
