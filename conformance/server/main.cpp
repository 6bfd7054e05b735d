// The server that the conformance tests start: a user of the library's public headers.

#include <cstdio>
#include <exception>

#include "conformance/server/application.hpp"
#include "conformance/server/eio_mode.hpp"
#include "conformance/server/flags.hpp"
#include "conformance/server/sio_mode.hpp"
#include "socketio/parser.hpp"
#include "socketio/server.hpp"

namespace {

using conformance::Flags;
using conformance::Mode;

void answer_http(const engineio::HttpRequest& request, engineio::HttpResponder responder) {
  const bool is_health_check = request.method == "GET" && request.path() == "/health";
  responder.respond(200, "text/plain", is_health_check ? "ok" : request.body);
}

void run_socketio(Flags flags) {
  flags.socket.parser = flags.msgpack ? socketio::make_msgpack_parser(flags.parser_limits)
                                      : socketio::make_json_parser(flags.parser_limits);
  flags.socket.adapter = conformance::make_adapter(flags.cluster);
  socketio::Server io(flags.engine, flags.socket);
  std::unique_ptr<conformance::Application> application;
  if (flags.mode == Mode::sio) {
    conformance::serve_protocol_suite(io);
  } else {
    application = std::make_unique<conformance::Application>(io, flags.node_name);
    io.on_http(answer_http);
  }
  const std::uint16_t port = conformance::listen(io, flags);
  io.stop_on_signals();
  std::printf("listening on 127.0.0.1:%u\n", unsigned{port});
  std::fflush(stdout);
  io.run();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Flags flags = conformance::parse_flags(argc, argv);
    if (flags.mode == Mode::eio) {
      conformance::run_eio_mode(flags);
    } else {
      run_socketio(flags);
    }
    return 0;
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "sio_conformance_server: %s\n", problem.what());
    return 2;
  }
}
