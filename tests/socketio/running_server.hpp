#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "engineio/shard.hpp"
#include "socketio/server.hpp"

namespace tests {

/// A server that runs in the background.
struct RunningServer {
  explicit RunningServer(engineio::Options engine = {}, socketio::Options options = {})
      : io(std::move(engine), std::move(options)) {}
  ~RunningServer() {
    io.close();
    thread.join();
  }
  std::uint16_t start() {
    const std::uint16_t port = io.listen("127.0.0.1", 0);
    thread = std::thread([this] { io.run(); });
    return port;
  }

  socketio::Server io;
  std::thread thread;
};

/// Waits until a shard of a running server has run what was posted to it before. If its mailbox is
/// full, that is where it begins.
inline void run_turn(socketio::Server& io, std::size_t shard) {
  const auto ran = std::make_shared<std::promise<void>>();
  while (!io.engine().shard(shard).post([ran] { ran->set_value(); })) {
    std::this_thread::yield();
  }
  ran->get_future().wait();
}

/// A connection to a server on this machine, which blocks.
class TcpClient {
 public:
  explicit TcpClient(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{20, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    connected_ =
        ::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  }
  ~TcpClient() { ::close(descriptor_); }
  TcpClient(const TcpClient&) = delete;
  TcpClient& operator=(const TcpClient&) = delete;

  void send(std::string_view bytes) {
    if (connected_) {
      static_cast<void>(::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
    }
  }

  /// Appends what is there, waiting for some. False at the end.
  bool receive(std::string& to) {
    std::array<char, 65536> buffer;
    const ssize_t size = connected_ ? ::recv(descriptor_, buffer.data(), buffer.size(), 0) : 0;
    to.append(buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    return size > 0;
  }

 private:
  int descriptor_;
  bool connected_;
};

/// One HTTP request on a connection of its own; the whole response.
inline std::string request(std::uint16_t port, const std::string& method, const std::string& target,
                           const std::string& body = "") {
  TcpClient connection(port);
  connection.send(method + " " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" +
                  "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  std::string response;
  while (connection.receive(response)) {
  }
  return response;
}

inline std::string body_of(const std::string& response) {
  const auto head = response.find("\r\n\r\n");
  return head == std::string::npos ? "" : response.substr(head + 4);
}

/// A client on long polling.
class PollingClient {
 public:
  explicit PollingClient(std::uint16_t port, std::string path = "/socket.io/")
      : port_(port), target_(std::move(path) + "?EIO=4&transport=polling") {
    const std::string open = poll();
    const auto begin = open.find("\"sid\":\"") + 7;
    target_ += "&sid=" + open.substr(begin, open.find('"', begin) - begin);
  }

  [[nodiscard]] std::string poll() { return body_of(request(port_, "GET", target_)); }
  void send(const std::string& packet) { request(port_, "POST", target_, packet); }

 private:
  std::uint16_t port_;
  std::string target_;
};

}  // namespace tests
