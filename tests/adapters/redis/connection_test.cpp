// The client and servers that misbehave.
#include "adapters/redis/connection.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include "tests/adapters/support/redis_recorder.hpp"

using namespace std::chrono_literals;
using adapters::RedisOptions;
using adapters::redis::ChannelKind;
using adapters::redis::Result;
using tests::TestedClient;
using tests::wait_until;

namespace {

/// Accepts connections, and answers each piece of what it receives with what `answer` returns:
/// nothing, or bytes. Each connection has a thread.
class FakeServer {
 public:
  using Answer = std::function<std::string(const std::string& received)>;

  explicit FakeServer(Answer answer) : answer_(std::move(answer)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    ::bind(listener_, reinterpret_cast<const sockaddr*>(&address), size);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    ::listen(listener_, 16);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept(); });
  }

  ~FakeServer() {
    stopped_ = true;
    acceptor_.join();
    for (std::thread& connection : connections_) {
      connection.join();
    }
    ::close(listener_);
  }

  [[nodiscard]] RedisOptions options() const {
    RedisOptions options;
    options.url = "redis://127.0.0.1:" + std::to_string(port_);
    return options;
  }

 private:
  bool readable(int descriptor) const {
    pollfd poll{descriptor, POLLIN, 0};
    while (!stopped_) {
      if (::poll(&poll, 1, 10) > 0) {
        return true;
      }
    }
    return false;
  }

  void accept() {
    while (readable(listener_)) {
      connections_.emplace_back([this, connection = ::accept(listener_, nullptr, nullptr)] {
        serve(connection);
        ::close(connection);
      });
    }
  }

  void serve(int connection) const {
    char buffer[4096];
    while (readable(connection)) {
      const ssize_t size = ::recv(connection, buffer, sizeof(buffer), 0);
      if (size <= 0) {
        return;
      }
      const std::string bytes = answer_(std::string(buffer, static_cast<std::size_t>(size)));
      ::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    }
  }

  const Answer answer_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopped_ = false;
  std::vector<std::thread> connections_;  // belongs to the acceptor
  std::thread acceptor_;
};

bool has(const std::string& text, const char* part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("redis connection: a server that speaks something else") {
  const FakeServer server([](const std::string&) { return "HTTP/1.1 400 Bad Request\r\n\r\n"; });
  const TestedClient client(server.options());
  CHECK(wait_until(
      [&] { return client.log().has("cannot be reached: it does not speak the protocol"); }));
}

TEST_CASE("redis connection: a server that never answers") {
  const FakeServer server([](const std::string&) { return ""; });
  RedisOptions options = server.options();
  options.connect_timeout = 100ms;
  const TestedClient client(options);
  CHECK(wait_until([&] { return client.log().has("no connection within 100 ms"); }));
}

TEST_CASE("redis connection: a server that is still loading") {
  std::atomic<int> asked = 0;
  const FakeServer server([&](const std::string&) {
    return ++asked < 5 ? "-LOADING Redis is loading the dataset in memory\r\n" : "+PONG\r\n";
  });
  const TestedClient client(server.options());
  CHECK(client.execute({"PING"}).reply.text == "PONG");
  CHECK(client.log().has("cannot be reached: LOADING"));
}

TEST_CASE("redis connection: replies that nobody waits for, and nonsense among replies") {
  std::atomic<bool> well = false;
  const char* nonsense = "";
  const char* reason = "";
  SUBCASE("a reply too many") {
    nonsense = "+OK\r\n+OK\r\n";
    reason = "lost: it sent a reply that nobody waits for";
  }
  SUBCASE("no reply at all") {
    nonsense = "+OK\r\n???\r\n";
    reason = "lost: it does not speak the protocol of Redis";
  }
  SUBCASE("a bomb") {
    nonsense = "+OK\r\n*2000000000\r\n";
    reason = "lost: it does not speak the protocol of Redis";
  }
  const FakeServer server([&](const std::string& received) -> std::string {
    return has(received, "GET") && !well ? nonsense : "+PONG\r\n";
  });
  const TestedClient client(server.options());
  CHECK(client.execute({"GET", "a"}).reply.text == "OK");
  CHECK(wait_until([&] { return client.log().has(reason); }));
  well = true;
  CHECK(client.execute({"GET", "b"}).reply.text == "PONG");
}

TEST_CASE("redis connection: messages that are none are dropped and said once") {
  const FakeServer server([](const std::string& received) -> std::string {
    if (!has(received, "subscribe")) {
      return "+PONG\r\n";
    }
    return "*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n"
           "*0\r\n*1\r\n$7\r\nmessage\r\n*3\r\n$7\r\nmessage\r\n:1\r\n:2\r\n"
           "*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n:2\r\n*4\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nx\r\n$"
           "1\r\nx\r\n"
           "*3\r\n$8\r\nnonsense\r\n$1\r\nc\r\n$1\r\nx\r\n:3\r\n$-1\r\n"
           "*3\r\n$7\r\nmessage\r\n$1\r\nd\r\n$7\r\nunknown\r\n"
           "*3\r\n$12\r\nsunsubscribe\r\n$1\r\nd\r\n:0\r\n*3\r\n$11\r\nunsubscribe\r\n$-1\r\n:0\r\n"
           "*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$3\r\nend\r\n";
  });
  const TestedClient client(server.options());
  client.subscribe(ChannelKind::plain, "c");
  CHECK(client.wait_for_message("c=end"));
  CHECK(client.messages().all() == std::vector<std::string>{"subscribed c", "c=end"});
  CHECK(client.log().count("sent what is no message") == 1);
  CHECK(client->statistics().connections_lost == 0);
}
