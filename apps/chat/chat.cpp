#include "apps/chat/chat.hpp"

#include <chrono>
#include <variant>

namespace chat {

namespace {

// What the handlers answer. Each is an object for the client; see the Fields below.

struct Problem {
  std::string error;
  bool ok = false;
};

struct Joined {
  std::string name;
  std::vector<std::string> users;
  std::vector<ChatMessage> history;
  bool ok = true;
};

struct Said {
  std::uint64_t id = 0;
  std::int64_t time = 0;
  bool ok = true;
};

// What the others hear.

struct Attendance {
  std::string name;
  std::vector<std::string> users;
};

struct Typing {
  std::string name;
  bool typing = false;
};

}  // namespace

}  // namespace chat

namespace socketio {

template <>
struct Fields<chat::ChatMessage> {
  static constexpr auto members =
      std::tuple(field("id", &chat::ChatMessage::id), field("name", &chat::ChatMessage::name),
                 field("text", &chat::ChatMessage::text), field("time", &chat::ChatMessage::time));
};

template <>
struct Fields<chat::Problem> {
  static constexpr auto members =
      std::tuple(field("ok", &chat::Problem::ok), field("error", &chat::Problem::error));
};

template <>
struct Fields<chat::Joined> {
  static constexpr auto members =
      std::tuple(field("ok", &chat::Joined::ok), field("name", &chat::Joined::name),
                 field("users", &chat::Joined::users), field("history", &chat::Joined::history));
};

template <>
struct Fields<chat::Said> {
  static constexpr auto members = std::tuple(
      field("ok", &chat::Said::ok), field("id", &chat::Said::id), field("time", &chat::Said::time));
};

template <>
struct Fields<chat::Attendance> {
  static constexpr auto members =
      std::tuple(field("name", &chat::Attendance::name), field("users", &chat::Attendance::users));
};

template <>
struct Fields<chat::Typing> {
  static constexpr auto members =
      std::tuple(field("name", &chat::Typing::name), field("typing", &chat::Typing::typing));
};

}  // namespace socketio

namespace chat {

using socketio::Socket;

namespace {

std::int64_t milliseconds_since_1970() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::variant<Joined, Problem> join(Socket& socket, Room& room, const std::string& name) {
  if (name.empty() || name.size() > Room::most_name_bytes) {
    return Problem{"A name has 1 to 64 bytes."};
  }
  auto view = room.join(socket.id(), name);
  if (!view) {
    return Problem{"Somebody else has that name."};
  }
  socket.broadcast().emit("joined", Attendance{name, view->users});
  return Joined{name, std::move(view->users), std::move(view->history)};
}

std::variant<Said, Problem> say(Socket& socket, Room& room, std::string text) {
  auto name = room.name_of(socket.id());
  if (!name) {
    return Problem{"Join first."};
  }
  if (text.empty() || text.size() > Room::most_text_bytes) {
    return Problem{"A message has 1 to 2000 bytes."};
  }
  const ChatMessage message =
      room.say(std::move(*name), std::move(text), milliseconds_since_1970());
  socket.broadcast().emit("message", message);
  return Said{message.id, message.time};
}

void type(Socket& socket, Room& room, bool typing) {
  if (auto name = room.name_of(socket.id())) {
    socket.broadcast().volatile_().emit("typing", Typing{std::move(*name), typing});
  }
}

void leave(Socket& socket, Room& room) {
  if (const auto name = room.leave(socket.id())) {
    socket.broadcast().emit("left", Attendance{*name, room.users()});
  }
}

}  // namespace

void serve_chat(socketio::Server& io, Room& room) {
  io.handle("join", [&](Socket& socket, std::string name) { return join(socket, room, name); });
  io.handle("message", [&](Socket& socket, std::string text) { return say(socket, room, text); });
  io.handle("typing", [&](Socket& socket, bool typing) { type(socket, room, typing); });
  io.on_connection([&](Socket& socket) { socket.on_disconnect([&] { leave(socket, room); }); });
}

}  // namespace chat
