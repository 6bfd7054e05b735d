#include "socketio/socket.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <stdexcept>

#include "tests/socketio/world.hpp"

using namespace socketio;
using namespace std::chrono_literals;
using tests::FakeSession;
using tests::take;
using tests::Texts;
using tests::World;

namespace {

using State = engineio::Session::State;

/// A connected socket and its client.
struct Connected {
  explicit Connected(World& its_world, std::size_t shard = 0) : world(its_world) {
    std::shared_ptr<Socket> found;
    world.io().on_connection([&found](Socket& s) { found = s.shared_from_this(); });
    client = &world.join("/", shard);
    socket = found;
    detail::NamespaceAccess::change_handlers(
        world.io(), [](detail::HandlerLists& lists) { lists.on_connection.pop_back(); });
  }

  template <class... Messages>
  Texts receive(const Messages&... messages) {
    world.receive(*client, messages...);
    return take(*client);
  }
  template <class Action>
  Texts run(Action&& action) {
    world.run_on(client->shard().index(), action);
    return take(*client);
  }

  World& world;
  FakeSession* client = nullptr;
  std::shared_ptr<Socket> socket;
};

}  // namespace

// --- Events -------------------------------------------------------------------------------------

TEST_CASE("handlers run in the order of their registration, those of the namespace last") {
  World world;
  Connected c(world);
  Texts order;
  world.io().handle("x", [&](Socket& s, int n) {
    CHECK(&s == c.socket.get());
    order.push_back("shared " + std::to_string(n));
  });
  c.socket->on("x", [&](int) { order.push_back("first"); });
  c.socket->once("x", [&] { order.push_back("once"); });
  const ListenerId third = c.socket->on("x", [&] { order.push_back("third"); });
  c.receive(R"(2["x",1])");
  CHECK(order == Texts{"first", "once", "third", "shared 1"});
  order.clear();
  c.socket->off(third);
  c.receive(R"(2["x",2])");
  CHECK(order == Texts{"first", "shared 2"});
  order.clear();
  c.socket->off("x");
  c.receive(R"(2["x",3])");
  CHECK(order == Texts{"shared 3"});
}

TEST_CASE("a handler may remove itself and add others") {
  World world;
  Connected c(world);
  int added = 0;
  c.socket->on("x", [&] {
    c.socket->off("x");
    c.socket->on("x", [&] { ++added; });
  });
  c.receive(R"(2["x"])");
  CHECK(added == 0);
  c.receive(R"(2["x"])");
  CHECK(added == 1);
}

TEST_CASE("unknown events are ignored, with an ack id, too") {
  World world;
  Connected c(world);
  CHECK(c.receive(R"(2["nobody"])", R"(27["nobody"])", "2").empty());
  CHECK(c.client->state() == State::open);
}

TEST_CASE("event names may be numbers, and error is a name like others") {
  World world;
  Connected c(world);
  Texts got;
  c.socket->on("5", [&](std::string s) { got.push_back("5 " + s); });
  c.socket->on("error", [&](std::string s) { got.push_back("error " + s); });
  c.receive(R"(2[5,"a"])", R"(2["error","b"])");
  CHECK(got == Texts{"5 a", "error b"});
}

TEST_CASE("reserved names cannot be emitted") {
  World world;
  Connected c(world);
  for (const char* name : {"connect", "connect_error", "disconnect", "disconnecting",
                           "newListener", "removeListener"}) {
    CHECK_THROWS_WITH_AS(c.socket->emit(name),
                         ("\"" + std::string(name) + "\" is a reserved event name").c_str(),
                         std::invalid_argument);
    CHECK_THROWS_AS(world.io().emit(name), std::invalid_argument);
  }
}

TEST_CASE("emit writes any arguments") {
  World world;
  Connected c(world);
  const Array several{1, "two"};
  CHECK(c.run([&] {
    c.socket->emit("a", 1, "x", nullptr, 2.5, std::string("s"), Object{{"k", true}});
    c.socket->send("hello");
    c.socket->emit("spread", 0, spread(several));
    c.socket->emit("binary", Binary("\x01"));
  }) == Texts{R"(2["a",1,"x",null,2.5,"s",{"k":true}])", R"(2["message","hello"])",
              R"(2["spread",0,1,"two"])", R"(51-["binary",{"_placeholder":true,"num":0}])",
              "binary:\x01"});
}

TEST_CASE("catch-all listeners come before middlewares and handlers") {
  World world;
  Connected c(world);
  Texts order;
  c.socket->on_any([&](std::string_view event, const Arguments& arguments) {
    order.push_back("any " + std::string(event) + " " + std::to_string(arguments.size()));
  });
  const ListenerId first =
      c.socket->prepend_any([&](std::string_view, const Arguments&) { order.push_back("first"); });
  c.socket->use([&](Event&, const Next& next) {
    order.push_back("middleware");
    next();
  });
  c.socket->on("x", [&] { order.push_back("handler"); });
  c.receive(R"(2["x",1,2])");
  CHECK(order == Texts{"first", "any x 2", "middleware", "handler"});
  order.clear();
  c.socket->off_any(first);
  c.receive(R"(2["x"])");
  CHECK(order == Texts{"any x 0", "middleware", "handler"});
  order.clear();
  c.socket->off_any();
  c.receive(R"(2["x"])");
  CHECK(order == Texts{"middleware", "handler"});
}

TEST_CASE("listeners of outgoing events see emits and broadcasts, but no acks") {
  World world;
  Connected c(world);
  Texts seen;
  c.socket->on_any_outgoing([&](std::string_view event, const Arguments& arguments) {
    seen.push_back(std::string(event) + " " + std::to_string(arguments.get<int>().value_or(-1)));
  });
  c.socket->on("ask", [] { return 1; });
  c.run([&] {
    c.socket->emit("own", 1);
    world.io().emit("all", 2, Binary("b"));
  });
  c.receive(R"(20["ask"])");
  CHECK(seen == Texts{"own 1", "all 2"});
  c.socket->off_any_outgoing();
  c.run([&] { c.socket->emit("own", 1); });
  CHECK(seen.size() == 2);
}

TEST_CASE("a middleware of a socket may change the event, wait, and refuse") {
  World world;
  Connected c(world);
  Texts log;
  std::optional<Next> later;
  c.socket->use([&](Event& event, Next next) {
    if (event.name == "wait") {
      later = std::move(next);
    } else if (event.name == "forbidden") {
      next(ConnectError{"forbidden event"});
    } else {
      event.name = "y";
      event.arguments.push_back("added");
      next();
    }
  });
  c.socket->on_error([&](const ConnectError& error) { log.push_back(error.message); });
  c.socket->on("y", [&](int n, std::string text) {
    log.push_back(std::to_string(n) + text);
    return n;
  });
  c.socket->on("wait", [&](Value v) { log.push_back("waited " + std::to_string(v.size())); });
  CHECK(c.receive(R"(25["x",1])") == Texts{"35[1]"});
  CHECK(c.receive(R"(26["forbidden"])").empty());
  c.receive(R"(2["wait",[1,2]])");
  CHECK(log == Texts{"1added", "forbidden event"});
  world.run_elsewhere([&] { (*later)(); });
  world.run_elsewhere([&] { (*later)(); });
  CHECK(log == Texts{"1added", "forbidden event", "waited 2"});
}

TEST_CASE("an event that waits in a middleware is dropped when the socket has left") {
  World world;
  Connected c(world);
  std::optional<Next> later;
  int handled = 0;
  c.socket->use([&](Event&, Next next) { later = std::move(next); });
  c.socket->on("x", [&] { ++handled; });
  c.receive(R"(2["x"])");
  c.receive("1");
  c.run([&] { (*later)(); });
  CHECK(handled == 0);
}

// --- Acknowledgements ---------------------------------------------------------------------------

TEST_CASE("a handler's ack is sent once") {
  World world;
  Connected c(world);
  c.socket->on("twice", [](const Ack<>& ack) {
    ack("first", 1);
    ack("second");
  });
  c.socket->on("nothing", [](const Ack<>& ack) { ack(); });
  c.socket->on("requested", [](bool expected, const Ack<>& ack) {
    CHECK(ack.requested() == expected);
    ack(1);
  });
  CHECK(c.receive(R"(212["twice"])") == Texts{R"(312["first",1])"});
  CHECK(c.receive(R"(20["nothing"])") == Texts{"30[]"});
  CHECK(c.receive(R"(21["requested",true])") == Texts{"31[1]"});
  CHECK(c.receive(R"(2["requested",false])").empty());
}

TEST_CASE("an ack is still sent after the socket has left, from any thread") {
  World world;
  Connected c(world);
  std::optional<Ack<std::string>> later;
  c.socket->on("ask", [&](Ack<std::string> ack) { later = std::move(ack); });
  c.receive(R"(299["ask"])");
  c.receive("1");
  world.run_elsewhere([&] { (*later)("late"); });
  CHECK(take(*c.client) == Texts{R"(399["late"])"});
  world.run_on(0, [&] { c.client->end(engineio::CloseReason::transport_close); });
  (*later)("again");
  CHECK(c.client->sent.empty());
}

TEST_CASE("the server's ack ids count up for the namespace, for emits and broadcasts alike") {
  World world;
  Connected c(world);
  world.of("/other");
  Texts answers;
  const auto note = [&](const AckResult& result) {
    answers.push_back(result ? std::string(*result.arguments[0].as_string()) : result.error);
  };
  CHECK(c.run([&] {
    c.socket->emit_with_ack("a", 1, note);
    c.socket->timeout(1s).emit_with_ack("b", note);
    world.io().emit_with_ack("c", [](const AckResults&) {});
    c.socket->emit_with_ack("d", note);
  }) == Texts{R"(20["a",1])", R"(21["b"])", R"(22["c"])", R"(23["d"])"});
  c.receive(R"(33["third","more"])", R"(30["first"])", R"(30["again"])", R"(3999["unknown"])");
  CHECK(answers == Texts{"third", "first"});
  world.advance(999ms);
  CHECK(answers.size() == 2);
  world.advance(1ms);
  CHECK(answers.back() == "operation has timed out");
  c.receive(R"(31["late"])");
  CHECK(answers.size() == 3);
  CHECK(c.client->state() == State::open);
}

TEST_CASE("what a socket owes when it leaves fails") {
  World world;
  Connected c(world);
  Texts errors;
  c.run([&] {
    c.socket->emit_with_ack("a", [&](const AckResult& result) { errors.push_back(result.error); });
  });
  c.receive("1");
  CHECK(errors == Texts{"socket has been disconnected"});
  c.run([&] {
    c.socket->emit_with_ack("b", [&](const AckResult& result) { errors.push_back(result.error); });
  });
  CHECK(errors.size() == 2);
  CHECK(c.client->sent.empty());
}

TEST_CASE("unanswered acks are limited: the oldest is given up") {
  World world{{.limits = {.pending_acks = 2}}};
  Connected c(world);
  Texts errors;
  const auto emit = [&](const char* name) {
    c.socket->emit_with_ack(name, [&errors, name](const AckResult& result) {
      errors.push_back(name + (": " + result.error));
    });
  };
  c.run([&] { emit("a"), emit("b"); });
  CHECK(errors.empty());
  c.run([&] { emit("c"); });
  CHECK(errors == Texts{"a: too many unanswered acknowledgements"});
}

TEST_CASE("answers are read as types") {
  World world;
  Connected c(world);
  std::optional<int> number;
  std::optional<std::string> misfit = "set";
  c.run([&] {
    c.socket->emit_with_ack("a", [&](const AckResult& result) {
      number = result.get<int>();
      misfit = result.get<std::string>(1);
    });
  });
  c.receive("30[7,8]");
  CHECK(number == 7);
  CHECK_FALSE(misfit.has_value());
}

// --- Flags --------------------------------------------------------------------------------------

TEST_CASE("volatile packets are dropped where the transport is not writable") {
  World world;
  Connected c(world);
  CHECK(c.run([&] {
    c.socket->volatile_().emit("v1");
    c.socket->emit("n1");
    c.socket->volatile_().emit("v2", Binary("x"));
    world.io().volatile_().emit("v3");
  }) == Texts{R"(2["v1"])", R"(2["n1"])"});
  CHECK(world.counters().volatile_dropped.value() == 2);
  CHECK(c.run([&] { c.socket->volatile_().emit("v4", Binary("x")); }).size() == 2);
  c.client->poll_pending = false;
  CHECK(c.run([&] { c.socket->volatile_().emit("v5"); }).empty());
}

TEST_CASE("compress(false) reaches the session, attachments included") {
  World world;
  Connected c(world);
  world.run_on(0, [&] {
    c.socket->emit("a");
    c.socket->compress(false).emit("b", Binary("x"));
    world.io().compress(false).emit("c");
  });
  CHECK(c.client->compressed == std::vector<bool>{true, false, false, false});
}

// --- Rooms and leaving --------------------------------------------------------------------------

TEST_CASE("rooms") {
  World world;
  Connected c(world);
  c.run([&] {
    c.socket->join({"a", "b"});
    c.socket->join("a");
  });
  CHECK(c.socket->rooms() == Texts{c.socket->id(), "a", "b"});
  c.run([&] { c.socket->leave("a"); });
  CHECK(c.socket->rooms() == Texts{c.socket->id(), "b"});
  c.run([&] { c.socket->leave(c.socket->id()); });
  CHECK(c.socket->rooms() == Texts{"b"});
  CHECK(c.run([&] { world.io().to(c.socket->id()).emit("x"); }).empty());
  c.run([&] { c.socket->join(c.socket->id()); });
  CHECK(c.run([&] { world.io().to(c.socket->id()).emit("x"); }).size() == 1);
}

TEST_CASE("rooms of a socket are limited") {
  World world{{.limits = {.rooms_per_socket = 2}}};
  Connected c(world);
  c.run([&] { c.socket->join({"a", "b"}); });
  CHECK(world.counters().refused_joins.value() == 0);
  c.run([&] { c.socket->join("c"); });
  CHECK(world.counters().refused_joins.value() == 1);
  CHECK(c.socket->rooms().size() == 3);
}

TEST_CASE("disconnect leaves the namespace and keeps the connection") {
  World world;
  Connected c(world);
  Texts reasons;
  c.socket->on_disconnect([&](std::string_view reason) { reasons.emplace_back(reason); });
  CHECK(c.run([&] {
    c.socket->disconnect();
    c.socket->disconnect();
    c.socket->emit("too late");
    c.socket->join("too late");
  }) == Texts{"1"});
  CHECK(reasons == Texts{"server namespace disconnect"});
  CHECK(c.client->state() == State::open);
  CHECK(c.socket->rooms().empty());
  CHECK(world.io().socket_count() == 0);
}

TEST_CASE("disconnect(true) leaves all namespaces in order and closes the connection") {
  World world;
  Texts reasons;
  for (const char* name : {"/", "/custom"}) {
    world.of(name).on_connection([&](Socket& socket) {
      socket.on_disconnect([&, nsp = socket.nsp().name()](std::string_view reason) {
        reasons.push_back(nsp + " " + std::string(reason));
      });
    });
  }
  Connected c(world);
  world.receive(*c.client, "0/custom,");
  take(*c.client);
  CHECK(c.run([&] { c.socket->disconnect(true); }) == Texts{"1", "1/custom,"});
  CHECK(reasons ==
        Texts{"/ server namespace disconnect", "/custom server namespace disconnect"});
  CHECK(c.client->state() == State::closed);
}

TEST_CASE("emit, join and disconnect from a thread that is no shard") {
  World world;
  Connected c(world);
  world.run_elsewhere([&] {
    c.socket->join("room");
    world.io().to("room").emit("in order", 1);
    c.socket->emit("own", Binary("x"));
    c.socket->emit_with_ack("ask", [](const AckResult&) {});
    c.socket->disconnect();
  });
  CHECK(take(*c.client) == Texts{R"(2["in order",1])",
                                 R"(51-["own",{"_placeholder":true,"num":0}])", "binary:x",
                                 R"(20["ask"])", "1"});
}

TEST_CASE("handlers are destroyed when the socket has left, and not before they return") {
  World world;
  const auto token = std::make_shared<int>(1);
  std::weak_ptr<Socket> left;
  world.io().on_connection([&](Socket& socket) {
    left = socket.weak_from_this();
    socket.on("leave", [&socket, token, self = socket.shared_from_this()] {
      socket.disconnect(true);
      CHECK(*token == 1);
    });
    socket.on_any([token](std::string_view, const Arguments&) {});
    socket.on_disconnect([token] {});
    socket.use([token](Event&, const Next& next) { next(); });
    socket.on_error([token](const ConnectError&) {});
    socket.emit_with_ack("x", [token](const AckResult&) {});
  });
  auto& client = world.join();
  CHECK(token.use_count() == 7);
  world.receive(client, R"(2["leave"])");
  CHECK(token.use_count() == 1);
  CHECK(left.expired());
}

TEST_CASE("an exception in a handler is contained") {
  World world;
  Connected c(world);
  c.socket->on("bad", []() -> int { throw std::runtime_error("oops"); });
  c.socket->on("bad", [&] { c.socket->emit("still"); });
  CHECK(c.receive(R"(21["bad"])") == Texts{R"(31[{"error":"internal error"}])", R"(2["still"])"});
  CHECK(world.counters().handler_exceptions.value() == 1);
  CHECK(world.logged == Texts{"an event handler threw: oops"});
  CHECK(c.client->state() == State::open);
}

// --- What it is ---------------------------------------------------------------------------------

TEST_CASE("the handshake") {
  World world;
  std::shared_ptr<Socket> socket;
  world.io().on_connection([&](Socket& s) { socket = s.shared_from_this(); });
  auto& client = world.open(4, 0, "/socket.io/?EIO=4&transport=websocket&foo=b%20r");
  client.request.headers.add("Origin", "https://app.example");
  client.request.headers.add("X-Judge", "a");
  client.request.headers.add("X-Judge", "b");
  client.request.headers.add("Host", "one");
  client.request.headers.add("Host", "two");
  client.request.remote_address = "::ffff:127.0.0.1";
  client.request.secure = true;
  world.receive(client, R"(0{"token":"t"})");

  CHECK(socket->header("x-judge") == "a");
  world.run_on(0, [&] { client.end(engineio::CloseReason::transport_close); });
  world.sessions.clear();  // it stays available
  const Handshake& handshake = socket->handshake();
  CHECK(handshake.headers == Value(Object{{"origin", "https://app.example"},
                                          {"x-judge", "a, b"},
                                          {"host", "one"}}));
  CHECK(handshake.address == "::ffff:127.0.0.1");
  CHECK(handshake.xdomain);
  CHECK(handshake.secure);
  CHECK(handshake.url == "/socket.io/?EIO=4&transport=websocket&foo=b%20r");
  CHECK(handshake.query == Value(Object{{"EIO", "4"}, {"transport", "websocket"}, {"foo", "b r"}}));
  CHECK(handshake.auth == Value(Object{{"token", "t"}}));
  CHECK(handshake.issued > 1'700'000'000'000);
  CHECK(handshake.time.ends_with("GMT+0000 (Coordinated Universal Time)"));
  CHECK(socket->header("Host") == "one");
  CHECK(socket->connection() == nullptr);
  CHECK(socket->transport() == engineio::TransportName::websocket);
}

TEST_CASE("data begins as an empty object, auth too") {
  World world;
  Connected c(world);
  CHECK(c.socket->data() == Value(Object{}));
  CHECK(c.socket->handshake().auth == Value(Object{}));
  CHECK(c.socket->protocol() == 4);
  c.socket->data()["user"] = "Ada";
  CHECK(c.socket->data()["user"].as_string() == "Ada");
}
