#include "conformance/server/sio_mode.hpp"

namespace conformance {

using socketio::Arguments;
using socketio::Socket;

void serve_protocol_suite(socketio::Server& io) {
  for (const char* name : {"/", "/custom"}) {
    io.of(name)
        .on_connection([](Socket& socket) { socket.emit("auth", socket.handshake().auth); })
        .handle("message",
                [](Socket& socket, Arguments args) { socket.emit("message-back", args); })
        .handle("message-with-ack", [](Arguments args) { return args; });
  }
}

}  // namespace conformance
