#include "tests/fuzz/session_server.hpp"

#include <chrono>
#include <iterator>
#include <utility>
#include <vector>

#include "socketio/parser.hpp"
#include "socketio/socket.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/values.hpp"

namespace fuzz {

using namespace std::chrono_literals;
using socketio::Socket;
using socketio::Value;

namespace {

/// Sees all messages before they are decoded.
class WatchedParser final : public socketio::Parser {
 public:
  explicit WatchedParser(std::unique_ptr<const socketio::Parser> parser)
      : parser_(std::move(parser)) {}

  void encode(const socketio::PacketHeader& header, socketio::PayloadWriter payload,
              socketio::EncodedPacket& out) const override {
    parser_->encode(header, payload, out);
  }

  socketio::DecodeResult decode(engineio::MessageKind kind, std::span<char> bytes,
                                std::unique_ptr<socketio::PartialPacket>& partial,
                                socketio::DecodeScratch& scratch) const override {
    require(bytes.size() <= SessionServer::max_message, "no message above max_http_buffer_size");
    return parser_->decode(kind, bytes, partial, scratch);
  }

 private:
  std::unique_ptr<const socketio::Parser> parser_;
};

std::shared_ptr<const socketio::Parser> make_parser(bool msgpack) {
  return std::make_shared<WatchedParser>(msgpack ? socketio::make_msgpack_parser()
                                                 : socketio::make_json_parser());
}

socketio::Options socketio_options(const SessionOptions& wanted) {
  socketio::Options options;
  options.parser = make_parser(wanted.msgpack);
  options.cleanup_empty_child_namespaces = true;
  options.log = [](socketio::LogLevel, std::string_view) {};
  options.limits.namespaces_per_connection = SessionServer::max_namespaces;
  options.limits.namespace_name_bytes = 16;
  options.limits.dynamic_namespaces = 3;
  options.limits.rooms_per_socket = SessionServer::max_rooms;
  options.limits.pending_acks = 2;
  if (wanted.recovery) {
    options.connection_state_recovery = socketio::Recovery{};
    options.limits.recovery_log_bytes = 1000;
    options.limits.recovery_sessions = 2;
  }
  if (wanted.limits_per_client) {
    options.limits.events_per_connection = {.per_second = 1, .burst = 3};
  }
  return options;
}

engineio::Options engineio_options(const SessionOptions& wanted) {
  engineio::Options options;
  options.path = "/socket.io";
  options.threads = 1;
  options.allow_eio3 = true;
  options.max_http_buffer_size = SessionServer::max_message;
  options.limits.http_head_bytes = 1024;
  options.limits.http_header_fields = 16;
  options.limits.http_pipelined_requests = 3;
  options.limits.websocket_frames_per_message = 4;
  options.limits.packets_per_payload = 6;
  options.limits.outgoing_queue_bytes = 20'000;
  options.cors.origin = "https://app.example";
  if (wanted.deflate) {
    options.per_message_deflate = engineio::PerMessageDeflate{.threshold = 10};
  }
  if (wanted.limits_per_client) {
    options.limits.sessions_per_address = 3;
    options.limits.handshakes_per_address = {.per_second = 1, .burst = 4};
  }
  return options;
}

engineio::http::DateClock::WallClock::time_point wall_time() {
  return engineio::http::DateClock::WallClock::time_point(784111777s);
}

}  // namespace

SessionServer::SessionServer(const SessionOptions& options)
    : core_(socketio_options(options), {&shard_}),
      config_(engineio_options(options),
              [this](engineio::Session& session) {
                last_session_ = session.id();
                return core_.accept(session);
              }),
      engine_(config_, shard_),
      date_(wall_time),
      http_{shard_, config_.options.limits, engine_, date_} {
  serve(core_.main_namespace());
  serve(core_.registry().of("/admin"));
  serve(core_.registry().add_parent(
      [](const std::string& name, const Value&, const std::function<void(bool)>& next) {
        next(name.starts_with("/room"));
      },
      false));
}

// As Server does when it goes.
SessionServer::~SessionServer() {
  core_.registry().close_adapters();
  engine_.close();
  shard_.settle();
  for (auto& stream : streams_) {
    stream.end();
  }
  shard_.settle();
}

// --- The application ----------------------------------------------------------------------------

void SessionServer::serve(socketio::Namespace& nsp) {
  nsp.use([](Socket& socket, const socketio::Next& next) {
    if (socket.handshake().auth["token"].as_string() == "no") {
      next(socketio::ConnectError{"refused", Value(1)});
    } else {
      next();
    }
  });
  nsp.on_connection([this](Socket& socket) { on_connection(socket); });
  nsp.handle("add", [](int a, int b) { return a + b; });
  nsp.handle("binary", [](const socketio::Binary& bytes) { return bytes; });
}

void SessionServer::on_connection(Socket& socket) {
  events += "connection " + socket.nsp().name() + (socket.recovered() ? " again\n" : "\n");
  socket.on_any([this, &socket](std::string_view event, const socketio::Arguments& arguments) {
    events.append(socket.nsp().name()).append(" ").append(event);
    for (const socketio::ValueView argument : arguments) {
      events += " " + json_of(argument);
    }
    events += "\n";
  });
  socket.on("echo", [&socket](const Value& value) {
    socket.emit("echo", value);
    return value;
  });
  socket.on("join", [&socket](std::string room) { socket.join(std::move(room)); });
  socket.on("leave", [&socket](std::string room) { socket.leave(std::move(room)); });
  socket.on("say", [&socket](std::string room, const Value& value) {
    socket.to(std::move(room)).emit("said", value);
  });
  socket.on("all", [&socket](const Value& value) { socket.nsp().emit("all", value); });
  socket.on("ask", [this, &socket](const Value& value) {
    socket.timeout(5s).emit_with_ack("question", value, [this](const socketio::AckResult& answer) {
      events += answer ? "answer\n" : "no answer\n";
    });
  });
  socket.on("bye", [&socket](bool close) { socket.disconnect(close); });
  socket.on_disconnect([this](std::string_view reason) {
    events.append("disconnect ").append(reason).append("\n");
  });
  socket.on_error(
      [this](const socketio::ConnectError& error) { events += "error " + error.message + "\n"; });
}

void SessionServer::act(char choice) {
  auto& io = core_.main_namespace();
  switch (choice) {
    case 'e':
      io.emit("news", 1, "two");
      break;
    case 'b':
      io.emit("news", socketio::Binary(std::string("\0\1\2", 3)));
      break;
    case 'a':
      io.timeout(5s).emit_with_ack("question", [this](const socketio::AckResults& answers) {
        events += "answers " + std::to_string(answers.responses.size()) + "\n";
      });
      break;
    case 'v':
      io.volatile_().emit("now");
      break;
    case 'j':
      io.sockets_join("room");
      break;
    case 'l':
      io.sockets_leave("room");
      break;
    case 'd':
      io.disconnect_sockets();
      break;
    case 'D':
      io.disconnect_sockets(true);
      break;
    default:
      io.to("room").emit("news", std::string(100, 'x'));
  }
}

// --- The network --------------------------------------------------------------------------------

void SessionServer::connect() {
  current_ = &streams_.emplace_back(shard_);
  current_->set_receiver(std::make_unique<engineio::http::ServerConnection>(http_, *current_));
}

void SessionServer::choose(std::size_t number) {
  if (!streams_.empty()) {
    current_ = &*std::next(streams_.begin(), static_cast<std::ptrdiff_t>(number % streams_.size()));
  }
}

support::FakeStream& SessionServer::current() {
  if (current_ == nullptr) {
    connect();
  }
  return *current_;
}

void SessionServer::settle() {
  shard_.settle();
  note_output();
  check_sockets();
}

void SessionServer::advance(engineio::Clock::duration duration) {
  shard_.advance(duration);
  note_output();
}

void SessionServer::note_output() {
  std::size_t number = 0;
  for (auto& stream : streams_) {
    if (const std::string sent = stream.take_sent(); !sent.empty()) {
      events += "to " + std::to_string(number) + ": " + sent + "\n";
    }
    ++number;
  }
}

void SessionServer::check_sockets() {
  std::size_t sockets = 0;
  for (const auto& nsp : core_.registry().all()) {
    nsp->for_each_socket(shard_, [&](Socket& socket) {
      ++sockets;
      require(socket.connected(), "the sockets of a namespace are connected");
      require(socket.rooms().size() <= max_rooms + 1, "no more rooms than rooms_per_socket");
    });
  }
  const auto& counters = core_.context(0).counters;
  require(counters.sockets.value() == sockets, "all sockets are counted");
  require(sockets <= counters.clients.value() * max_namespaces, "namespaces_per_connection");
}

void SessionServer::end() {
  for (auto& stream : streams_) {
    stream.end();
  }
  advance(10min);
  check_sockets();
  require(engine_.counters().sessions.value() == 0, "no session is left");
  require(core_.context(0).counters.clients.value() == 0, "no client is left");
  require(core_.context(0).counters.sockets.value() == 0, "no socket is left");
  require(core_.registry().size() == 2, "no dynamic namespace is left");
}

}  // namespace fuzz
