#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "apps/bench/floor/answers.hpp"
#include "apps/bench/floor/connection.hpp"

namespace floor_server {

/// What a server on epoll costs at least: one receive for each connection that has something, and
/// at the end of the turn one send for each that gets something. A program has one, which ends
/// with it.
class Server {
 public:
  Server(const std::string& host, std::uint16_t port);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  [[noreturn]] void run();

 private:
  void turn();
  void accept_all();
  void on_ready(Connection& connection);
  void on_bytes(Connection& connection, std::size_t size);
  void close(Connection& connection);
  void flush_dirty();

  int epoll_;
  int listener_;
  std::vector<char> scratch_;
  std::vector<Connection*> dirty_;
  Answers answers_{dirty_};
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<std::unique_ptr<Connection>> closed_;  // in this turn
};

}  // namespace floor_server
