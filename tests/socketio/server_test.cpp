#include "socketio/server.hpp"

#include <doctest/doctest.h>
#include <unistd.h>
#include <csignal>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/socketio/running_server.hpp"

using namespace socketio;
using namespace std::chrono_literals;
using tests::body_of;
using tests::PollingClient;
using tests::request;
using tests::RunningServer;

TEST_CASE("a server serves clients on all of its shards") {
  RunningServer server{{.threads = 2}};
  server.io.on_connection(
      [](Socket& socket) { socket.on("add", [](int a, int b) { return a + b; }); });
  server.io.of("/admin").use([](Socket&, const Next& next) { next(ConnectError{"unauthorized"}); });
  const std::uint16_t port = server.start();
  std::vector<PollingClient> clients;
  for (int i = 0; i < 8; ++i) {
    PollingClient& client = clients.emplace_back(port, "/socket.io/");
    client.send("40");
    CHECK(client.poll().starts_with("40{\"sid\":\""));
    client.send("40/admin,");
    CHECK(client.poll() == R"(44/admin,{"message":"unauthorized"})");
    client.send(R"(420["add",1,2])");
    CHECK(client.poll() == "430[3]");
  }
  server.io.emit("news", 42);
  for (PollingClient& client : clients) {
    CHECK(client.poll() == R"(42["news",42])");
  }
  CHECK(server.io.statistics().clients == 8);
  CHECK(server.io.statistics().sockets == 8);
  CHECK(server.io.statistics().refused_connects == 8);
  CHECK(server.io.sockets().socket_count() == 8);
}

TEST_CASE("the path is the option's, and other requests are the application's") {
  RunningServer server{{.path = "/custom", .threads = 1}};
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
  PollingClient a(port, "/socket.io/");
  PollingClient b(port, "/socket.io/");
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
