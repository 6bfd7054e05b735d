// Whole sessions as the official server had them: conformance/vectors/socketio_v5.json.

#include <doctest/doctest.h>

#include <chrono>
#include <limits>
#include <map>
#include <string>

#include "tests/socketio/world.hpp"
#include "tests/support/vectors.hpp"

using namespace socketio;
using namespace std::chrono_literals;
using tests::bytes_of;
using tests::FakeSession;
using tests::member;
using tests::string_of;
using tests::Texts;
using tests::World;

namespace {

using State = engineio::Session::State;

void register_events(Socket& socket) {
  socket.on("echo", [&socket](Arguments all) { socket.emit("echo", all); });
  socket.on("info", [&socket] {
    Array rooms;
    for (const std::string& room : socket.rooms()) {
      rooms.emplace_back(room);
    }
    const Handshake& handshake = socket.handshake();
    socket.emit("info", Object{{"id", socket.id()},
                               {"rooms", rooms},
                               {"auth", handshake.auth},
                               {"query", handshake.query}});
  });
  socket.on("ack", [](Arguments all) { return all; });
  socket.on("ackbin", [](Ack<> ack) { ack(Binary("\x01\x02"), Object{{"x", Binary("\x03")}}); });
  socket.on("acktwice", [](Ack<> ack) { ack(1), ack(2); });
  const auto pass_on = [&socket](const AckResult& result) {
    result ? socket.emit("got", result.arguments) : socket.emit("got", result.error);
  };
  socket.on("askack", [&socket, pass_on] { socket.emit_with_ack("q", 1, pass_on); });
  socket.on("askacktimeout",
            [&socket, pass_on] { socket.timeout(50ms).emit_with_ack("q", 1, pass_on); });
  socket.on("types", [&socket] {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    socket.emit("types", nullptr, Object{{"d", "1970-01-01T00:00:00.000Z"}}, nan, -0.0, 1e21,
                "\u2028\u20ac\U0001F600", Array{nullptr});
  });
  socket.on("dc", [&socket](bool close) { socket.disconnect(close); });
}

/// The application behind the vectors.
void build(World& world, Texts& log) {
  world.io().on_connection([&](Socket& socket) {
    register_events(socket);
    socket.on_disconnect([&log](std::string_view reason) { log.emplace_back(reason); });
  });
  auto& auth = world.of("/auth");
  auth.use([](Socket& socket, const Next& next) {
    const Value& payload = socket.handshake().auth;
    if (payload["token"].as_string() == "ok") {
      next();
    } else if (!payload["data"].is_null()) {
      next(ConnectError{"not authorized", Object{{"content", "please retry later"}}});
    } else {
      next(ConnectError{"not authorized"});
    }
  });
  auth.on_connection([](Socket& socket) {
    socket.emit("welcome", socket.id().size(), socket.handshake().auth);
    register_events(socket);
  });
  world.of("/silent").use([](Socket&, const Next&) {});
  auto& dynamic = world.core.registry().add_parent(
      [](const std::string& name, const Value&, const std::function<void(bool)>& next) {
        next(name.starts_with("/dyn-"));
      },
      true);
  dynamic.on_connection([](Socket& socket) { socket.emit("nsp", socket.nsp().name()); });
}

/// Plays the client of one vector and checks what the server answers.
class Replay {
 public:
  Replay(World& world, const rapidjson::Value& vector)
      : world_(world), protocol_(vector["protocol"].GetInt() == 5 ? 4 : 3) {
    const std::string sid = vector.HasMember("open") ? member(string_of(vector, "open"), "sid")
                                                     : "engine-session-ident";
    auto owned = std::make_unique<FakeSession>(*world.shards[0], sid, protocol_);
    session_ = world.sessions.emplace_back(std::move(owned)).get();
    session_->request.target =
        "/socket.io/?EIO=" + std::to_string(protocol_) + "&transport=websocket&foo=bar";
    world.run_on(0, [&] { session_->handler = world.core.accept(*session_); });
    for (const auto& step : vector["steps"].GetArray()) {
      play(step);
    }
    CHECK(next_ == session_->sent.size());
  }

 private:
  void play(const rapidjson::Value& step) {
    const bool binary = string_of(step, "type") == "binary";
    if (string_of(step, "dir") == "c2s") {
      std::string frame = binary ? bytes_of(step) : string_of(step, "text");
      frame.erase(0, binary && protocol_ == 4 ? 0 : 1);  // the type of the Engine.IO packet
      world_.receive(*session_, binary ? "binary:" + frame : frame);
    } else if (string_of(step, "type") == "close") {
      expect_close();
    } else {
      std::string expected = binary ? bytes_of(step) : string_of(step, "text");
      const bool whole_frame = !step.HasMember("engine_message");
      expected.erase(0, whole_frame && (!binary || protocol_ == 3) ? 1 : 0);
      expect(binary ? "binary:" + expected : expected);
    }
  }

  void expect(std::string expected) {
    if (next_ == session_->sent.size()) {
      world_.advance(100ms);  // an acknowledgement that does not come
    }
    REQUIRE(next_ < session_->sent.size());
    const std::string& sent = session_->sent[next_++];
    if (const std::string id = member(expected, "sid"); !id.empty()) {
      ids_[id] = member(sent, "sid");
    }
    for (const auto& [theirs, ours] : ids_) {
      for (auto at = expected.find(theirs); at != std::string::npos;
           at = expected.find(theirs, at + ours.size())) {
        expected.replace(at, theirs.size(), ours);
      }
    }
    CHECK(sent == expected);
  }

  void expect_close() {
    if (session_->state() == State::open) {
      world_.advance(300ms);  // the connect timeout of the captured server
    }
    CHECK(session_->state() == State::closed);
  }

  World& world_;
  unsigned protocol_;
  FakeSession* session_ = nullptr;
  std::size_t next_ = 0;
  std::map<std::string, std::string> ids_;  // theirs and ours
};

Texts reasons_of(const rapidjson::Value& vector) {
  Texts reasons;
  if (vector.HasMember("server_side")) {
    for (const auto& line : vector["server_side"].GetArray()) {
      if (std::string_view(line[0].GetString()) == "disconnect") {
        reasons.emplace_back(line[1].GetString());
      }
    }
  }
  return reasons;
}

/// They need a server of another kind, or one that ends.
bool is_left_out(const std::string& name) {
  return name.find("recovery") != std::string::npos || name == "session/io-close";
}

}  // namespace

TEST_CASE("sessions of the official server") {
  Texts log;
  World world{{.connect_timeout = 300ms}};
  build(world, log);
  int replayed = 0;
  tests::for_each_vector("socketio_v5.json", "session", [&](const rapidjson::Value& vector) {
    if (is_left_out(string_of(vector, "name"))) {
      return;
    }
    log.clear();
    Replay(world, vector);
    if (!string_of(vector, "name").starts_with("official/") && vector.HasMember("server_side")) {
      CHECK(log == reasons_of(vector));
    }
    ++replayed;
  });
  CHECK(replayed > 50);
}
