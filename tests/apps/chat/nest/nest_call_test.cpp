#include "apps/chat/nest/nest_call.hpp"

#include <doctest/doctest.h>

#include "socketio/date.hpp"
#include "tests/socketio/world.hpp"

using namespace chat;
using socketio::Array;
using socketio::IncomingEvent;
using socketio::Object;
using socketio::Value;
using tests::Texts;

namespace {

// What a client gets for an event that `handler` handles.
template <class Handler>
Texts answers(const std::string& packet, Handler handler) {
  tests::World world;
  world.io().handle("event", [handler](IncomingEvent& event) { handler(NestCall(event)); });
  tests::FakeSession& client = world.join();
  world.receive(client, packet);
  return tests::take(client);
}

Texts failure(const std::string& packet) {
  return answers(packet, [](NestCall call) { call.fail(); });
}

}  // namespace

TEST_CASE("a field is undefined in all that is no object") {
  const auto answer_field = [](NestCall call) {
    const NestField field = call.field("a");
    call.answer(field ? *field : Value("undefined"));
  };
  CHECK(answers(R"(21["event",{"a":1}])", answer_field) == Texts{"31[1]"});
  CHECK(answers(R"(21["event",{"a":null}])", answer_field) == Texts{"31[null]"});
  for (const char* payload : {"", ",{}", ",null", ",5", ",\"a\"", ",[{\"a\":1}]", ",{\"a\":1},2"}) {
    CHECK(answers("21[\"event\"" + std::string(payload) + "]", answer_field) ==
          Texts{"31[\"undefined\"]"});
  }
}

TEST_CASE("no payload and null cannot be read") {
  const auto answer_readable = [](NestCall call) { call.answer(!call.is_unreadable()); };
  for (const char* payload : {"", ",null"}) {
    CHECK(answers("21[\"event\"" + std::string(payload) + "]", answer_readable) ==
          Texts{"31[false]"});
  }
  for (const char* payload : {",0", ",false", ",\"\"", ",{}", ",[]", ",null,null"}) {
    CHECK(answers("21[\"event\"" + std::string(payload) + "]", answer_readable) ==
          Texts{"31[true]"});
  }
}

TEST_CASE("a failure tells the client what it had sent, and answers nothing") {
  const std::string begin = R"(2["exception",{"status":"error","message":"Internal server error",)"
                            R"("cause":{"pattern":"event")";
  CHECK(failure(R"(21["event"])") == Texts{begin + "}}]"});
  CHECK(failure(R"(21["event",null])") == Texts{begin + ",\"data\":null}}]"});
  CHECK(failure(R"(2["event",{"a":[1]}])") == Texts{begin + ",\"data\":{\"a\":[1]}}}]"});
  CHECK(failure(R"(21["event",1,"b"])") == Texts{begin + ",\"data\":[1,\"b\"]}}]"});
}

TEST_CASE("texts of values are those of JavaScript") {
  CHECK(to_text(std::nullopt) == "undefined");
  CHECK(to_text(Value()) == "null");
  CHECK(to_text(Value(true)) == "true");
  CHECK(to_text(Value(5)) == "5");
  CHECK(to_text(Value(-0.0)) == "0");
  CHECK(to_text(Value(1.5)) == "1.5");
  CHECK(to_text(Value(1e21)) == "1e+21");
  CHECK(to_text(Value("a\"b")) == "a\"b");
  CHECK(to_text(Value(Object{{"a", 1}})) == "[object Object]");
  CHECK(to_text(Value(Array{1, nullptr, "x", Array{2, 3}, Object{}})) ==
        "1,,x,2,3,[object Object]");
  CHECK(to_text(Value(Array{})).empty());
}

TEST_CASE("fields that are undefined are left out") {
  const Value source = Object{{"a", nullptr}};
  Object target;
  add_field(target, "a", find_field(source, "a"));
  add_field(target, "b", find_field(source, "b"));
  add_field(target, "c", find_field(Value("text"), "c"));
  CHECK(Value(target) == source);
}

TEST_CASE("a timestamp has milliseconds and Z") {
  const Value now = nest_timestamp();
  REQUIRE(now.is_string());
  CHECK(now.as_string()->size() == std::string_view("2023-11-14T22:13:20.123Z").size());
  const auto read = socketio::parse_date(*now.as_string());
  REQUIRE(read);
  const auto age = std::chrono::system_clock::now() - *read;
  CHECK(age >= std::chrono::milliseconds(0));
  CHECK(age < std::chrono::minutes(5));
}
