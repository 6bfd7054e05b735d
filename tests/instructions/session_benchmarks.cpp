#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/engineio/websocket/client_frames.hpp"
#include "tests/instructions/benchmark.hpp"
#include "tests/instructions/protocol_server.hpp"

namespace instructions {
namespace {

/// An event with an argument of 64 bytes that asks for an answer, and that answer, as Engine.IO
/// packets.
const std::string& echo_request() {
  static const std::string packet = R"(4217["echo",")" + std::string(64, 'x') + R"("])";
  return packet;
}
const std::string& echo_answer() {
  static const std::string packet = R"(4317[")" + std::string(64, 'x') + R"("])";
  return packet;
}

/// Every limit that is off by default and counts something for each message or handshake.
constexpr engineio::RateLimit plenty{.per_second = 1'000'000};

engineio::Options engine_limits() {
  return {.limits = {.sessions_per_address = 1'000'000, .handshakes_per_address = plenty}};
}

socketio::Options socketio_limits() { return {.limits = {.events_per_connection = plenty}}; }

void answer_echo(ProtocolServer& server) {
  server.io().handle("echo", [](std::string_view text) { return text; });
}

class EchoOverWebSocket : public Benchmark {
 public:
  explicit EchoOverWebSocket(const socketio::Options& options = {}) : server_({}, options) {
    answer_echo(server_);
  }

  void prepare() override {
    frame_ = tests::encode({.payload = echo_request()});
    before_ = client_.written_bytes();
  }
  void run() override {
    client_.send(frame_);
    server_.end_turn();
  }
  [[nodiscard]] bool succeeded() const override {
    const std::size_t header = 2;
    return client_.written_bytes() - before_ == header + echo_answer().size();
  }

 private:
  ProtocolServer server_;
  Peer& client_ = server_.join();
  std::string frame_;
  std::uint64_t before_ = 0;
};

class EchoWithLimits final : public EchoOverWebSocket {
 public:
  EchoWithLimits() : EchoOverWebSocket(socketio_limits()) {}
};

/// A poll waits, a POST brings the event, the poll takes the answer: two requests, two answers.
class EchoOverPolling final : public Benchmark {
 public:
  EchoOverPolling() {
    answer_echo(server_);
    exchange("GET", "");
    id_ = server_.session_id();
    exchange("POST", "40");
    exchange("GET", "");
    exchange("POST", echo_request());
    exchange("GET", "");
    answer_size_ = poll_.written_bytes() - before_;
  }

  void prepare() override {
    poll_request_ = request("GET", "");
    post_request_ = request("POST", echo_request());
    before_ = poll_.written_bytes();
  }
  void run() override {
    poll_.send(poll_request_);
    server_.end_turn();
    post_.send(post_request_);
    server_.end_turn();
  }
  [[nodiscard]] bool succeeded() const override {
    return answer_size_ > echo_answer().size() && poll_.written_bytes() - before_ == answer_size_;
  }

 private:
  [[nodiscard]] std::string request(std::string_view method, std::string_view body) const {
    std::string text(method);
    text.append(" /socket.io/?EIO=4&transport=polling");
    if (!id_.empty()) {
      text.append("&sid=").append(id_);
    }
    text.append(" HTTP/1.1\r\nHost: localhost:3000\r\nAccept: */*\r\nConnection: keep-alive\r\n");
    if (method == "POST") {
      text.append("Content-type: text/plain;charset=UTF-8\r\nContent-Length: ");
      text.append(std::to_string(body.size())).append("\r\n");
    }
    return text.append("\r\n").append(body);
  }
  void exchange(std::string_view method, std::string_view body) {
    before_ = poll_.written_bytes();
    std::string bytes = request(method, body);
    (method == "POST" ? post_ : poll_).send(bytes);
    server_.end_turn();
  }

  ProtocolServer server_;
  Peer& poll_ = server_.connect();
  Peer& post_ = server_.connect();
  std::string id_;
  std::string poll_request_;
  std::string post_request_;
  std::uint64_t before_ = 0;
  std::uint64_t answer_size_ = 0;
};

/// From the WebSocket handshake to the answer to CONNECT.
class ConnectOverWebSocket : public Benchmark {
 public:
  explicit ConnectOverWebSocket(const engineio::Options& options = {}) : server_(options) {
    server_.io().on_connection([this](socketio::Socket&) { ++joined_; });
  }

  void prepare() override {
    server_.disconnect_all();
    request_ = websocket_request;
    packet_ = tests::encode({.payload = "40"});
    before_ = joined_;
  }
  void run() override {
    Peer& client = server_.connect();
    client.send(request_);
    server_.end_turn();
    client.send(packet_);
    server_.end_turn();
  }
  [[nodiscard]] bool succeeded() const override { return joined_ == before_ + 1; }

 private:
  std::string request_;
  std::string packet_;
  int joined_ = 0;
  int before_ = 0;
  ProtocolServer server_;
};

class ConnectWithLimits final : public ConnectOverWebSocket {
 public:
  ConnectWithLimits() : ConnectOverWebSocket(engine_limits()) {}
};

template <class SessionBenchmark>
std::unique_ptr<Benchmark> make() {
  return std::make_unique<SessionBenchmark>();
}

}  // namespace

std::vector<Entry> session_benchmarks() {
  return {{"echo_websocket", make<EchoOverWebSocket>},
          {"echo_polling", make<EchoOverPolling>},
          {"echo_with_limits", make<EchoWithLimits>},
          {"connect_websocket", make<ConnectOverWebSocket>},
          {"connect_with_limits", make<ConnectWithLimits>}};
}

}  // namespace instructions
