#include "conformance/server/events.hpp"

#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <thread>

#include "conformance/server/operations.hpp"
#include "engineio/session.hpp"
#include "engineio/shard.hpp"
#include "socketio/adapter.hpp"

namespace conformance {

using namespace std::chrono_literals;
using socketio::Ack;
using socketio::Arguments;
using socketio::Array;
using socketio::Binary;
using socketio::Namespace;
using socketio::Object;
using socketio::Socket;
using socketio::Value;
using socketio::ValueView;

namespace {

constexpr std::size_t most_events = 1'000'000;
constexpr std::size_t most_bytes = 100'000'000;
constexpr std::chrono::milliseconds longest_block = 10s;

// An argument that says how many; nullopt for what is no number or too much.
std::optional<std::size_t> to_count(ValueView value, std::size_t most) {
  const auto count = value.as_uint64();
  return count && *count <= most ? std::optional<std::size_t>(*count) : std::nullopt;
}

bool to_bool(ValueView value) { return value.as_bool().value_or(false); }

void handle_echoes(Namespace& nsp) {
  nsp.handle("echo", [](Arguments args) { return args; });
  nsp.handle("emitBack", [](Socket& socket, std::optional<std::string> event, Arguments args) {
    if (event) {
      socket.emit(*event, args);
    }
  });
  nsp.handle("ackTwice", [](Ack<> ack) {
    ack("first");
    ack("second");
  });
  nsp.handle("block", [](Value ms) {
    std::this_thread::sleep_for(
        std::clamp(std::chrono::milliseconds(ms.as_int64().value_or(0)), 0ms, longest_block));
    return true;
  });
  nsp.handle("slow", [](Socket& socket, Value ms, Value value, Ack<> ack) {
    engineio::Shard& shard = socket.shard();
    const auto delay = std::chrono::milliseconds(ms.as_int64().value_or(0));
    shard.timers().run_at(shard.now() + delay, [ack, value = std::move(value)] { ack(value); });
  });
}

template <class Target>
void flood(Target& target, const Arguments& args) {
  const auto count = to_count(args[0], most_events);
  const auto size = to_count(args[1], most_bytes);
  if (!count || !size) {
    return;
  }
  const std::string padding(*size, 'x');
  for (std::size_t i = 0; i < *count; ++i) {
    target.emit("flood", i, padding);
  }
}

void flood_volatile(Socket& socket, const Arguments& args) {
  const auto count = to_count(args[0], most_events);
  if (!count) {
    return;
  }
  for (std::size_t i = 0; i < *count; ++i) {
    socket.volatile_().emit("vol", i);
  }
  socket.emit("volEnd", *count);
}

void handle_broadcasts(Namespace& nsp) {
  nsp.handle("broadcast",
             [](Socket& socket, ValueView payload) { socket.nsp().emit("broadcast", payload); });
  nsp.handle("broadcastOthers", [](Socket& socket, ValueView payload) {
    socket.broadcast().emit("broadcast", payload);
  });
  nsp.handle("room", [](Socket& socket, ValueView room, ValueView payload) {
    if (const auto rooms = to_rooms(room)) {
      socket.nsp().to(*rooms).emit("room", payload);
    }
  });
  nsp.handle("roomExcept", [](Socket& socket, ValueView room, ValueView except, ValueView payload) {
    const auto rooms = to_rooms(room);
    const auto excluded = to_rooms(except);
    if (rooms && excluded) {
      socket.nsp().to(*rooms).except(*excluded).emit("room", payload);
    }
  });
  nsp.handle("toOthers", [](Socket& socket, ValueView room, ValueView payload) {
    if (const auto rooms = to_rooms(room)) {
      socket.to(*rooms).emit("room", payload);
    }
  });
  nsp.handle("flood", [](Socket& socket, Arguments args) { flood(socket, args); });
  nsp.handle("floodAll", [](Socket& socket, Arguments args) { flood(socket.nsp(), args); });
  nsp.handle("floodVolatile", [](Socket& socket, Arguments args) { flood_volatile(socket, args); });
}

void handle_rooms(Namespace& nsp) {
  nsp.handle("join", [](Socket& socket, ValueView room) -> Value {
    const auto rooms = to_rooms(room);
    if (!rooms) {
      return nullptr;
    }
    socket.join(*rooms);
    return sorted_rooms(socket.rooms());
  });
  nsp.handle("leave", [](Socket& socket, ValueView room) -> Value {
    const auto name = room.as_string();
    if (!name) {
      return nullptr;
    }
    socket.leave(*name);
    return sorted_rooms(socket.rooms());
  });
}

void handle_questions(Namespace& nsp) {
  nsp.handle("askMe", [](Socket& socket, Ack<> ack) {
    socket.timeout(1000ms).emit_with_ack("question", "what?", [ack](socketio::AckResult answer) {
      ack(answer ? Object{{"ok", true}, {"answer", answer.arguments.to_values()}}
                 : Object{{"ok", false}, {"error", answer.error}});
    });
  });
  nsp.handle("askRoom", [](Socket& socket, ValueView room, Ack<> ack) {
    const auto rooms = to_rooms(room);
    if (!rooms) {
      ack(nullptr);
      return;
    }
    socket.nsp().to(*rooms).timeout(1000ms).emit_with_ack(
        "question", "what?", [ack](socketio::AckResults answers) {
          ack(Object{{"ok", answers.error.empty()},
                     {"error", answers.error.empty() ? Value() : Value(answers.error)},
                     {"answers", answers.responses}});
        });
  });
}

void handle_ends(Namespace& nsp) {
  nsp.handle("kick", [](Socket& socket, ValueView id, ValueView close) -> Value {
    if (!id.is_string()) {
      return nullptr;
    }
    socket.nsp().in(*id.as_string()).disconnect_sockets(to_bool(close));
    return true;
  });
  nsp.handle("kickMe", [](Socket& socket, ValueView close) { socket.disconnect(to_bool(close)); });
  nsp.handle("dropMe", [](Socket& socket) { socket.connection()->close(); });
}

Value digest(ValueView value) {
  const auto bytes = value.as_binary();
  if (!bytes) {
    return nullptr;
  }
  std::uint32_t sum = 0;
  for (const std::byte byte : *bytes) {
    sum += std::to_integer<std::uint32_t>(byte);
  }
  return Object{{"length", bytes->size()}, {"sum", sum}};
}

Value generate(ValueView value) {
  const auto count = to_count(value, most_bytes);
  if (!count) {
    return nullptr;
  }
  std::string bytes(*count, '\0');
  for (std::size_t i = 0; i < *count; ++i) {
    bytes[i] = static_cast<char>(i & 255);
  }
  const Binary binary(std::move(bytes));
  return Object{{"nested", Array{binary, Object{{"again", binary}}}}, {"n", *count}};
}

Value who_is(Socket& socket) {
  const socketio::Handshake& handshake = socket.handshake();
  const auto header = socket.header("x-judge");
  const bool polling = socket.transport() == engineio::TransportName::polling;
  return Object{{"id", socket.id()},
                {"rooms", sorted_rooms(socket.rooms())},
                {"auth", handshake.auth},
                {"query", handshake.query},
                {"address", handshake.address},
                {"nsp", socket.nsp().name()},
                {"transport", polling ? "polling" : "websocket"},
                {"protocol", socket.protocol()},
                {"recovered", socket.recovered()},
                {"data", socket.data()},
                {"secure", handshake.secure},
                {"header", header ? Value(*header) : Value()},
                {"sid", socket.connection()->id()}};
}

Value set_data(Socket& socket, const Value& values) {
  const Object* object = values.as_object();
  if (object == nullptr) {
    return nullptr;
  }
  for (const auto& member : *object) {
    socket.data()[member.key] = member.value;
  }
  return socket.data();
}

void handle_inspection(Namespace& nsp, Application& application) {
  nsp.handle("digest", digest);
  nsp.handle("generate", generate);
  nsp.handle("whoami", who_is);
  nsp.handle("clientAddress", [](Socket& socket) {
    return Value(socket.connection()->handshake().client_address());
  });
  nsp.handle("setData", [](Socket& socket, Value values) { return set_data(socket, values); });
  nsp.handle("memory", [] {
    ::malloc_trim(0);
    const auto now = ::mallinfo2();
    return Value(now.uordblks + now.hblkhd);
  });
  nsp.handle("fetch", [](Socket& socket, ValueView room, Ack<> ack) {
    const auto rooms = to_rooms(room);
    if (!rooms) {
      ack(nullptr);
      return;
    }
    socket.nsp().in(*rooms).fetch_sockets(
        [ack](socketio::FetchResult found) { ack(describe_sockets(found.sockets)); });
  });
  nsp.handle("serverStats", [&application](Socket& socket, Ack<> ack) {
    Namespace& here = socket.nsp();
    here.adapter().all_rooms([&application, &here, ack](socketio::Adapter::RoomNames names) {
      ack(application.statistics(here, names.rooms.size()));
    });
  });
  nsp.handle("goneInfo", [&application](std::optional<std::string> id) {
    return application.gone(id.value_or(""));
  });
  nsp.handle("sseLog", [&application](Socket& socket) {
    return application.server_side_events(socket.nsp().name());
  });
  nsp.handle("op", [](Socket& socket, Value spec, Ack<> ack) {
    if (!spec.is_object()) {
      ack(nullptr);
      return;
    }
    run_operation(socket.nsp(), spec, [ack](const Value& answer) { ack(answer); });
  });
}

}  // namespace

std::optional<socketio::RoomList> to_rooms(ValueView value) {
  if (const auto room = value.as_string()) {
    return socketio::RoomList(*room);
  }
  std::vector<std::string> rooms;
  for (const ValueView element : value.elements()) {
    if (!element.is_string()) {
      return std::nullopt;
    }
    rooms.emplace_back(*element.as_string());
  }
  return value.is_array() ? std::optional(socketio::RoomList(std::move(rooms))) : std::nullopt;
}

Value describe_sockets(const std::vector<socketio::RemoteSocket>& sockets) {
  Array described;
  for (const socketio::RemoteSocket& socket : sockets) {
    described.push_back(Object{
        {"id", socket.id()}, {"rooms", sorted_rooms(socket.rooms())}, {"data", socket.data()}});
  }
  std::sort(described.begin(), described.end(), [](const Value& a, const Value& b) {
    return a["id"].as_string() < b["id"].as_string();
  });
  return described;
}

void handle_events(Namespace& nsp, Application& application) {
  handle_echoes(nsp);
  handle_broadcasts(nsp);
  handle_rooms(nsp);
  handle_questions(nsp);
  handle_ends(nsp);
  handle_inspection(nsp, application);
}

void handle_events(Socket& socket) {
  socket.use([](socketio::Event& event, socketio::Next next) {
    if (event.name == "forbidden") {
      next(socketio::ConnectError{"forbidden event"});
    } else {
      next();
    }
  });
  socket.on_error([&socket](const socketio::ConnectError& error) {
    socket.emit("middlewareError", error.message);
  });
  socket.on("error",
            [](Socket& self, Value error) { self.emit("middlewareError", error["message"]); });
  const auto sequence = std::make_shared<Array>();
  socket.on("seq", [sequence](Value i) { sequence->push_back(std::move(i)); });
  socket.on("seqGet", [sequence] { return Value(*sequence); });
}

}  // namespace conformance
