#include "conformance/server/application.hpp"

#include <algorithm>

#include "conformance/server/events.hpp"

namespace conformance {

using socketio::Arguments;
using socketio::Array;
using socketio::ConnectError;
using socketio::Namespace;
using socketio::Next;
using socketio::Object;
using socketio::Socket;
using socketio::Value;

namespace {

constexpr std::size_t kept_gone_sockets = 1000;

void require_secret(Socket& socket, Next next) {
  const socketio::Handshake& handshake = socket.handshake();
  const Value& in_auth = handshake.auth["token"];
  const Value& token = in_auth.is_null() ? handshake.query["token"] : in_auth;
  if (token.as_string() == "secret") {
    next();
  } else {
    next(ConnectError{"unauthorized", Object{{"code", 401}}});
  }
}

void greet_recovered(Socket& socket) {
  socket.emit("session", Object{{"recovered", socket.recovered()},
                                {"id", socket.id()},
                                {"rooms", sorted_rooms(socket.rooms())},
                                {"data", socket.data()}});
}

}  // namespace

Array sorted_rooms(std::vector<std::string> rooms) {
  std::sort(rooms.begin(), rooms.end());
  return {rooms.begin(), rooms.end()};
}

Application::Application(socketio::Server& io, std::string node_name)
    : io_(io), node_name_(std::move(node_name)) {
  io.on_new_namespace([this](Namespace& nsp) { log_server_side_events(nsp); });
  log_server_side_events(io.sockets());

  serve(io.sockets(), [](Socket&) {});
  serve(io.of("/custom"), [](Socket&) {});
  serve(io.of("/auth").use(require_secret), [](Socket& socket) {
    socket.emit("welcome", Object{{"user", "judge"}});
  });
  serve(io.of(std::regex("^/dyn-\\d+$")), [](Socket& socket) {
    socket.emit("hello", Object{{"nsp", socket.nsp().name()}});
  });
  serve(io.of("/recover").use([this](Socket&, Next next) {
    ++recover_middleware_runs_;
    next();
  }),
        greet_recovered);
}

void Application::serve(Namespace& nsp, socketio::ConnectionHandler greet) {
  handle_events(nsp, *this);
  nsp.on_connection([this, greet = std::move(greet)](Socket& socket) mutable {
    handle_events(socket);
    remember_when_gone(socket);
    greet(socket);
  });
}

void Application::remember_when_gone(Socket& socket) {
  socket.on_disconnecting([this, &socket](std::string_view reason) {
    const std::lock_guard lock(mutex_);
    gone_[socket.id()] = Object{{"reason", reason}, {"rooms", sorted_rooms(socket.rooms())}};
    gone_order_.push_back(socket.id());
    if (gone_order_.size() > kept_gone_sockets) {
      gone_.erase(gone_order_.front());
      gone_order_.pop_front();
    }
  });
}

void Application::log_server_side_events(Namespace& nsp) {
  const std::string& name = nsp.name();
  const auto entry = [](const char* event, const Arguments& args) {
    Array values = args.to_values();
    values.insert(values.begin(), Value(event));
    return values;
  };
  nsp.on_server_event("sse-note",
                      [this, name, entry](Arguments args) { log(name, entry("sse-note", args)); });
  nsp.on_server_event("sse-ask", [this, name, entry](Arguments args) {
    log(name, entry("sse-ask", args));
    return Value(Object{{"node", node_name_}, {"args", args.to_values()}});
  });
  nsp.on_server_event("sse-silent", [this, name, entry](Arguments args, socketio::Ack<>) {
    log(name, entry("sse-silent", args));
  });
}

void Application::log(const std::string& nsp, Array event) {
  const std::lock_guard lock(mutex_);
  server_side_events_[nsp].push_back(std::move(event));
}

Value Application::statistics(const Namespace& nsp, std::size_t room_count) const {
  return Object{{"node", node_name_},
                {"clients", io_.engine().statistics().sessions},
                {"sockets", nsp.socket_count()},
                {"rooms", room_count},
                {"namespaces", io_.statistics().namespaces},
                {"recoverMiddlewareRuns", recover_middleware_runs_.load()}};
}

Value Application::gone(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = gone_.find(id);
  return found == gone_.end() ? Value() : found->second;
}

Value Application::server_side_events(const std::string& nsp) const {
  const std::lock_guard lock(mutex_);
  const auto found = server_side_events_.find(nsp);
  return found == server_side_events_.end() ? Array{} : found->second;
}

}  // namespace conformance
