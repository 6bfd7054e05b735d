#include <cstdio>
#include <exception>
#include <string_view>
#include <tuple>

#include "apps/bench/server/flags.hpp"
#include "socketio/server.hpp"

namespace {

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
  io.handle("typing",
            [](socketio::Socket& socket, std::string_view room, socketio::ValueView payload) {
              socket.to(room).volatile_().emit("typing", payload);
            });
}

}  // namespace

// `sio_bench_server [--host H] [--port N] [--threads N] [--tls CERT,KEY] [--deflate on]
// [--recovery on] [--limits on] [--adapter redis|sharded|streams --redis HOST:PORT]`
int main(int argc, char** argv) {
  try {
    const bench_server::Flags flags = bench_server::parse_flags(argc, argv);
    socketio::Server io(flags.engine, flags.socketio);
    serve(io);
    io.stop_on_signals();
    const std::uint16_t port = flags.tls ? io.listen(flags.host, flags.port, *flags.tls)
                                         : io.listen(flags.host, flags.port);
    std::printf("listening on %s:%u\n", flags.host.c_str(), unsigned{port});
    std::fflush(stdout);
    io.run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sio_bench_server: %s\n", error.what());
    return 1;
  }
}
