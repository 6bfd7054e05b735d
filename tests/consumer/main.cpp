// A program outside of the project, built against what was installed.
#include <socketio/server.hpp>
#include <string>
#include <thread>

int main() {
  socketio::Server io;
  io.on_connection(
      [](socketio::Socket& socket) { socket.on("echo", [](std::string text) { return text; }); });
  const auto port = io.listen("127.0.0.1", 0);

  std::thread stopper([&io] { io.close(); });
  io.run();
  stopper.join();
  return port == 0 ? 1 : 0;
}
