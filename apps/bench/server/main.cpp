#include <charconv>
#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>

#include "socketio/server.hpp"

namespace {

struct Flags {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  unsigned threads = 1;
};

template <class Number>
Number to_number(std::string_view name, std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw std::invalid_argument(std::string(name) + " takes a number");
  }
  return number;
}

Flags parse_flags(int argc, char** argv) {
  Flags flags;
  for (int i = 1; i < argc; i += 2) {
    const std::string_view name = argv[i];
    const std::string_view value = i + 1 < argc ? argv[i + 1] : "";
    if (name == "--host") {
      flags.host = value;
    } else if (name == "--port") {
      flags.port = to_number<std::uint16_t>(name, value);
    } else if (name == "--threads") {
      flags.threads = to_number<unsigned>(name, value);
    } else {
      throw std::invalid_argument("there is no flag " + std::string(name));
    }
  }
  return flags;
}

/// What every server of the benchmark does; see peers/contract.js.
void serve(socketio::Server& io) {
  io.handle("echo", [](socketio::Arguments args) { return args; });
  io.handle("broadcast", [&io](socketio::ValueView payload) { io.emit("broadcast", payload); });
  io.handle("join", [](socketio::Socket& socket, std::string_view room) {
    socket.join(room);
    return std::tuple();
  });
  io.handle("room", [&io](std::string_view room, socketio::ValueView payload) {
    io.to(room).emit("room", payload);
  });
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Flags flags = parse_flags(argc, argv);
    socketio::Server io({.threads = flags.threads});
    serve(io);
    io.stop_on_signals();
    const std::uint16_t port = io.listen(flags.host, flags.port);
    std::printf("listening on %s:%u\n", flags.host.c_str(), unsigned{port});
    std::fflush(stdout);
    io.run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sio_bench_server: %s\n", error.what());
    return 1;
  }
}
