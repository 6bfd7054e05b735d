#include "socketio/handler.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <tuple>

#include "tests/socketio/world.hpp"

using namespace socketio;
using tests::take;
using tests::Texts;
using tests::World;

namespace handler_test {

struct Message {
  std::string room;
  std::optional<int> priority;
};

int add(int a, int b) { return a + b; }

struct Callable {
  int operator()(int n) const noexcept { return n + 1; }
};

}  // namespace handler_test

template <>
struct socketio::Fields<handler_test::Message> {
  static constexpr auto members = std::tuple(field("room", &handler_test::Message::room),
                                             field("priority", &handler_test::Message::priority));
};

namespace {

using handler_test::Message;

/// A socket of a server whose namespace handles the event `x`.
struct Fixture {
  template <class F>
  explicit Fixture(F handler) {
    world.io().handle("x", std::move(handler));
    client = &world.join();
  }

  /// What comes back for `2["x",ARGS]` with an ack id, without its `31`.
  std::string answer(const std::string& args) {
    world.receive(*client, "21[\"x\"" + (args.empty() ? "" : "," + args) + "]");
    const Texts sent = take(*client);
    return sent.empty() ? "none" : sent.front().substr(2);
  }

  World world;
  tests::FakeSession* client = nullptr;
};

}  // namespace

TEST_CASE("what a handler can be") {
  CHECK(Fixture([](int a, int b) { return a - b; }).answer("5,3") == "[2]");
  CHECK(Fixture(handler_test::add).answer("5,3") == "[8]");
  CHECK(Fixture(&handler_test::add).answer("5,3") == "[8]");
  CHECK(Fixture(handler_test::Callable{}).answer("5") == "[6]");
  CHECK(Fixture([n = 0]() mutable { return ++n; }).answer("") == "[1]");
  CHECK(Fixture([] {}).answer("") == "none");
  CHECK(Fixture([](IncomingEvent& event) {
          CHECK(event.wants_ack());
          const auto write = [&](Writer& writer) { write_arguments(writer, event.name()); };
          event.reply(write);
          event.reply(write);
        }).answer("1") == R"(["x"])");
}

TEST_CASE("what parameters can be") {
  CHECK(Fixture([](Socket& socket, const std::string& s) {
          return s + socket.nsp().name();
        }).answer(R"("a")") == R"(["a/"])");
  CHECK(Fixture([](std::string_view s) { return s.size(); }).answer(R"("abc")") == "[3]");
  CHECK(Fixture([](std::string&& s) { return std::move(s); }).answer(R"("abc")") == R"(["abc"])");
  CHECK(Fixture([](const Message& m) {
          return m.room + std::to_string(m.priority.value_or(0));
        }).answer(R"({"room":"r","priority":2})") == R"(["r2"])");
  CHECK(Fixture([](std::vector<int> v, bool b) {
          return v.size() + (b ? 10 : 0);
        }).answer("[1,2],true") == "[12]");
  CHECK(Fixture([](const Value& v) { return v["a"][1]; }).answer(R"({"a":[1,2]})") == "[2]");
  CHECK(Fixture([](ValueView v) { return v["a"]; }).answer(R"({"a":[1,2]})") == "[[1,2]]");
  CHECK(Fixture([](std::string first, Arguments rest) {
          return first + std::to_string(rest.size());
        }).answer(R"("a",1,2,3)") == R"(["a3"])");
  CHECK(Fixture([](Socket&, int a, Arguments rest, Ack<> ack) {
          ack(rest, a);
        }).answer(R"(1,2,"x")") == R"([2,"x",1])");
}

TEST_CASE("what results can be") {
  CHECK(Fixture([](Arguments all) { return all; }).answer(R"(1,"a",null)") == R"([1,"a",null])");
  CHECK(Fixture([](Arguments all) { return all; }).answer("") == "[]");
  CHECK(Fixture([] { return std::tuple(1, "a", std::optional<int>()); }).answer("") ==
        R"([1,"a",null])");
  CHECK(Fixture([] { return Message{"r", {}}; }).answer("") == R"([{"room":"r"}])");
  CHECK(Fixture([] { return std::vector{1, 2}; }).answer("") == "[[1,2]]");
  CHECK(Fixture([](Ack<int, std::string> ack) { ack(1, "a"); }).answer("") == R"([1,"a"])");
}

TEST_CASE("missing arguments are fine only for optionals and dynamic values") {
  const auto optional = [](int a, std::optional<int> b) { return a + b.value_or(10); };
  CHECK(Fixture(optional).answer("1,2") == "[3]");
  CHECK(Fixture(optional).answer("1") == "[11]");
  CHECK(Fixture(optional).answer("1,null") == "[11]");
  CHECK(Fixture([](Value v) { return v.is_null(); }).answer("") == "[true]");
  CHECK(Fixture([](ValueView v) { return v.exists(); }).answer("") == "[false]");
  CHECK(Fixture([](int a) { return a; }).answer("1,2,3") == "[1]");
}

TEST_CASE("arguments that do not fit never reach the handler") {
  int calls = 0;
  Fixture f([&](Socket&, std::string, int) { ++calls; });
  CHECK(f.answer(R"("a","b")") ==
        R"([{"error":"invalid arguments","message":"argument 2: expected an integer"}])");
  CHECK(f.answer("1,2") ==
        R"([{"error":"invalid arguments","message":"argument 1: expected a string"}])");
  CHECK(f.answer(R"("a")") ==
        R"([{"error":"invalid arguments","message":"argument 2: expected an integer, got none"}])");
  CHECK(f.answer(R"("a",1.5)").find("an integer") != std::string::npos);
  CHECK(f.answer(R"("a",3000000000)").find("an integer") != std::string::npos);
  f.world.receive(*f.client, R"(2["x"])");  // without an ack: counted only
  CHECK(calls == 0);
  CHECK(f.client->sent.empty());
  CHECK(f.world.counters().invalid_arguments.value() == 6);
  CHECK(f.client->state() == engineio::Session::State::open);
}

TEST_CASE("expected types are called as clients know them") {
  const auto expected = [](auto handler) {
    const std::string answer = Fixture(handler).answer("[[]]");
    const auto begin = answer.find("expected ") + 9;
    return answer.substr(begin, answer.find('"', begin) - begin);
  };
  CHECK(expected([](bool) {}) == "a boolean");
  CHECK(expected([](double) {}) == "a number");
  CHECK(expected([](Binary) {}) == "binary data");
  CHECK(expected([](std::map<std::string, int>) {}) == "an object");
  CHECK(expected([](const Message&) {}) == "an object");
  CHECK(expected([](std::vector<std::string>) {}) == "an array");
  CHECK(expected([](std::optional<unsigned>) {}) == "an integer");
}

TEST_CASE("an exception answers the ack") {
  CHECK(Fixture([]() -> int { throw 1; }).answer("") == R"([{"error":"internal error"}])");
  Fixture f([](Ack<> ack) {
    ack("done");
    throw std::runtime_error("after");
  });
  CHECK(f.answer("") == R"(["done"])");
  CHECK(f.client->sent.empty());
}
