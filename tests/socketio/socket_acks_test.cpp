#include "socketio/socket.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>

#include "tests/socketio/connected.hpp"

using namespace socketio;
using namespace std::chrono_literals;
using tests::Connected;
using tests::take;
using tests::Texts;
using tests::World;

namespace {

using State = engineio::Session::State;

}  // namespace

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

TEST_CASE("a handler that works before it asks leaves the client all of its time") {
  World world;
  Connected c(world);
  Texts errors;
  world.shards[0]->turn_has_taken = 10s;
  c.run([&] {
    c.socket->timeout(1s).emit_with_ack(
        "a", [&](const AckResult& result) { errors.push_back(result.error); });
  });
  world.shards[0]->turn_has_taken = 0s;
  world.advance(10'999ms);
  CHECK(errors.empty());
  world.advance(1ms);
  CHECK(errors == Texts{"operation has timed out"});
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
