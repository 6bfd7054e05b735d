#include "apps/chat/monitoring/trace.hpp"

namespace chat {

using socketio::Socket;

namespace {

std::string_view name_of(engineio::TransportName transport) {
  return transport == engineio::TransportName::polling ? "polling" : "websocket";
}

void trace_socket(Socket& socket, Log& log) {
  log.debug("socket connected", {{"socket", socket.id()},
                                 {"namespace", socket.nsp().name()},
                                 {"transport", name_of(socket.transport())},
                                 {"recovered", socket.recovered()}});
  socket.on_disconnect([&socket, &log](std::string_view reason) {
    log.debug("socket disconnected",
              {{"socket", socket.id()}, {"namespace", socket.nsp().name()}, {"reason", reason}});
  });
  socket.on_any([&socket, &log](std::string_view event, const socketio::Arguments&) {
    log.debug("event", {{"socket", socket.id()}, {"event", event}});
  });
}

}  // namespace

void trace_sockets(socketio::Server& io, const std::vector<std::string>& namespaces, Log& log) {
  for (const std::string& name : namespaces) {
    io.of(name).on_connection([&log](Socket& socket) {
      if (log.writes(LogLevel::debug)) {
        trace_socket(socket, log);
      }
    });
  }
}

}  // namespace chat
