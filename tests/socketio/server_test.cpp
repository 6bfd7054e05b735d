#include "socketio/server.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <csignal>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace socketio;
using namespace std::chrono_literals;

namespace {

/// One HTTP request on a connection of its own; the whole response.
std::string request(std::uint16_t port, const std::string& method, const std::string& target,
                    const std::string& body = "") {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval patience{20, 0};
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  std::string response;
  if (::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0) {
    const std::string text = method + " " + target +
                             " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" +
                             "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    static_cast<void>(::send(descriptor, text.data(), text.size(), MSG_NOSIGNAL));
    std::array<char, 4096> buffer{};
    for (ssize_t size = 0; (size = ::recv(descriptor, buffer.data(), buffer.size(), 0)) > 0;) {
      response.append(buffer.data(), static_cast<std::size_t>(size));
    }
  }
  ::close(descriptor);
  return response;
}

std::string body_of(const std::string& response) {
  const auto head = response.find("\r\n\r\n");
  return head == std::string::npos ? "" : response.substr(head + 4);
}

/// A client on long polling.
class Client {
 public:
  Client(std::uint16_t port, std::string path)
      : port_(port), target_(std::move(path) + "?EIO=4&transport=polling") {
    const std::string open = poll();
    const auto begin = open.find("\"sid\":\"") + 7;
    target_ += "&sid=" + open.substr(begin, open.find('"', begin) - begin);
  }

  std::string poll() { return body_of(request(port_, "GET", target_)); }
  void send(const std::string& packet) { request(port_, "POST", target_, packet); }

 private:
  std::uint16_t port_;
  std::string target_;
};

/// A server that runs in the background.
struct Running {
  explicit Running(engineio::Options engine = {}, Options options = {})
      : io(std::move(engine), std::move(options)) {}
  ~Running() {
    io.close();
    thread.join();
  }
  std::uint16_t start() {
    const std::uint16_t port = io.listen("127.0.0.1", 0);
    thread = std::thread([this] { io.run(); });
    return port;
  }

  Server io;
  std::thread thread;
};

}  // namespace

TEST_CASE("a server serves clients on all of its shards") {
  Running server{{.threads = 2}};
  server.io.on_connection(
      [](Socket& socket) { socket.on("add", [](int a, int b) { return a + b; }); });
  server.io.of("/admin").use([](Socket&, const Next& next) { next(ConnectError{"unauthorized"}); });
  const std::uint16_t port = server.start();
  std::vector<Client> clients;
  for (int i = 0; i < 8; ++i) {
    Client& client = clients.emplace_back(port, "/socket.io/");
    client.send("40");
    CHECK(client.poll().starts_with("40{\"sid\":\""));
    client.send("40/admin,");
    CHECK(client.poll() == R"(44/admin,{"message":"unauthorized"})");
    client.send(R"(420["add",1,2])");
    CHECK(client.poll() == "430[3]");
  }
  server.io.emit("news", 42);
  for (Client& client : clients) {
    CHECK(client.poll() == R"(42["news",42])");
  }
  CHECK(server.io.statistics().clients == 8);
  CHECK(server.io.statistics().sockets == 8);
  CHECK(server.io.statistics().refused_connects == 8);
  CHECK(server.io.sockets().socket_count() == 8);
}

TEST_CASE("the path is the option's, and other requests are the application's") {
  Running server{{.path = "/custom", .threads = 1}};
  server.io.on_http("GET", "/health",
                    [](const engineio::HttpRequest&, engineio::HttpResponder responder) {
                      responder.respond(200, "text/plain", "ok");
                    });
  const std::uint16_t port = server.start();
  CHECK(body_of(request(port, "GET", "/health")) == "ok");
  CHECK(body_of(request(port, "GET", "/custom/?EIO=4&transport=polling")).starts_with("0{"));
  CHECK(request(port, "GET", "/socket.io/?EIO=4&transport=polling").starts_with("HTTP/1.1 404"));
}

TEST_CASE("closing from a handler lets run() return") {
  Server io{{.threads = 2}};
  std::atomic<int> reasons = 0;
  io.on_connection([&](Socket& socket) {
    socket.on("close", [&] { io.close(); });
    socket.on_disconnect(
        [&](std::string_view reason) { reasons += reason == "server shutting down" ? 1 : 0; });
  });
  const std::uint16_t port = io.listen("127.0.0.1", 0);
  std::thread runner([&] { io.run(); });
  Client a(port, "/socket.io/");
  Client b(port, "/socket.io/");
  a.send("40");
  b.send("40");
  a.send(R"(42["close"])");
  runner.join();
  CHECK(reasons == 2);
}

TEST_CASE("a server that never ran can be destroyed, and a closed one as well") {
  Server never;
  Server closed;
  closed.close();
  closed.close();
}

TEST_CASE("SIGTERM closes the server") {
  Server io{{.threads = 1}};
  io.stop_on_signals();
  io.listen("127.0.0.1", 0);
  std::thread runner([&] { io.run(); });
  ::kill(::getpid(), SIGTERM);
  runner.join();
  CHECK(io.statistics().clients == 0);
}

TEST_CASE("options out of range are refused at the start") {
  CHECK_THROWS_AS(Server({}, {.connect_timeout = 0ms}), std::invalid_argument);
  CHECK_THROWS_AS(Server({}, {.connection_state_recovery = Recovery{0ms}}), std::invalid_argument);
  CHECK_THROWS_AS(Server({}, {.client_directory = "/nowhere"}), std::invalid_argument);
}

TEST_CASE("namespaces by name, pattern and function") {
  Server io;
  CHECK(&io.of("") == &io.sockets());
  std::vector<std::string> made;
  io.on_new_namespace([&](Namespace& nsp) { made.push_back(nsp.name()); });
  auto& pattern = io.of(std::regex("^/dyn-\\d+$"));
  CHECK(pattern.name() == "/_0");
  CHECK(io.of(Server::NamespaceMatcher(
                  [](const std::string&, const Value&, const std::function<void(bool)>&) {}))
            .name() == "/_1");
  io.of("/dyn-1");
  CHECK(pattern.children().size() == 1);
  CHECK(made == std::vector<std::string>{"/dyn-1"});
  CHECK(io.statistics().namespaces == 2);
}
