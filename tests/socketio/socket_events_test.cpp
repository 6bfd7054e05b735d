#include "socketio/socket.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <stdexcept>

#include "tests/socketio/connected.hpp"

using namespace socketio;
using tests::Connected;
using tests::take;
using tests::Texts;
using tests::World;

namespace {

using State = engineio::Session::State;

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
  for (const char* name : {"connect", "connect_error", "disconnect", "disconnecting", "newListener",
                           "removeListener"}) {
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
