#include "adapters/wire/broadcast_options.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <string>

#include "socketio/adapter.hpp"
#include "socketio/codec.hpp"

using namespace std::chrono_literals;
using namespace adapters::wire;
using socketio::BroadcastOptions;
using socketio::Document;
using socketio::Writer;

namespace {

template <class Write>
std::string json(const Write& write) {
  std::string text;
  socketio::write_json(write, text);
  return text;
}

std::optional<BroadcastOptions> read(const std::string& text) {
  return read_options(Document::from_json(text)->root());
}

}  // namespace

TEST_CASE("rooms on the bus keep their type") {
  const std::vector<std::string> rooms{"a", socketio::numeric_room(5), "5",
                                       socketio::numeric_room(-0.5)};
  const std::string text = json([&](Writer& writer) { write_rooms(writer, rooms); });
  CHECK(text == R"(["a",5,"5",-0.5])");
  CHECK(read_rooms(Document::from_json(text)->root()) == rooms);
}

TEST_CASE("what is no room is left out, what is no list is refused") {
  CHECK(read_rooms(Document::from_json(R"(["a",null,[],{},true,"b"])")->root()) ==
        std::vector<std::string>{"a", "b"});
  CHECK_FALSE(read_rooms(Document::from_json(R"("a")")->root()).has_value());
  CHECK_FALSE(read_rooms(Document::from_json("null")->root()).has_value());
}

TEST_CASE("options in Node's order of keys") {
  const BroadcastOptions options{.rooms = {"a"},
                                 .except = {"b"},
                                 .volatile_packet = true,
                                 .compress = false,
                                 .local = true,
                                 .timeout = 5ms,
                                 .expect_single_response = true};
  CHECK(json([&](Writer& writer) { write_selection(writer, options); }) ==
        R"({"rooms":["a"],"except":["b"]})");
  CHECK(json([&](Writer& writer) { write_options(writer, options); }) ==
        R"({"rooms":["a"],"except":["b"],"flags":{"volatile":true,"compress":false,)"
        R"("expectSingleResponse":true,"timeout":5}})");
  CHECK(json([&](Writer& writer) { write_emitter_options(writer, {}); }) ==
        R"({"rooms":[],"flags":{},"except":[]})");
}

TEST_CASE("options are read back, but for local") {
  const auto options =
      read(R"({"flags":{"timeout":5,"volatile":true,"compress":true,"expectSingleResponse":true,)"
           R"("local":true,"more":1},"except":[1],"rooms":["a"],"more":[]})");
  REQUIRE(options.has_value());
  CHECK(options->rooms == std::vector<std::string>{"a"});
  CHECK(options->except == std::vector<std::string>{socketio::numeric_room(1)});
  CHECK(options->volatile_packet);
  CHECK(options->compress == true);
  CHECK(options->timeout == 5ms);
  CHECK(options->expect_single_response);
  CHECK_FALSE(options->local);
}

TEST_CASE("options that lack something") {
  for (const char* text : {"{}", R"({"rooms":[]})", R"({"rooms":null,"except":null,"flags":null})",
                           R"({"flags":7})", R"({"flags":{"volatile":1,"compress":"no"}})"}) {
    CAPTURE(text);
    const auto options = read(text);
    REQUIRE(options.has_value());
    CHECK(options->rooms.empty());
    CHECK(options->except.empty());
    CHECK_FALSE(options->volatile_packet);
    CHECK_FALSE(options->compress.has_value());
    CHECK_FALSE(options->timeout.has_value());
  }
  for (const char* text :
       {"null", "[]", "5", R"({"rooms":5})", R"({"rooms":"a"})", R"({"rooms":[],"except":{}})"}) {
    CAPTURE(text);
    CHECK_FALSE(read(text).has_value());
  }
}

TEST_CASE("timeouts as setTimeout() takes them") {
  const auto timeout = [](const std::string& value) {
    return read(R"({"flags":{"timeout":)" + value + "}}")->timeout;
  };
  CHECK(timeout("0") == 0ms);
  CHECK(timeout("2147483647") == 2147483647ms);
  CHECK_FALSE(timeout("2147483648").has_value());
  CHECK_FALSE(timeout("-1").has_value());
  CHECK_FALSE(timeout("1.5").has_value());
  CHECK_FALSE(timeout("\"5\"").has_value());
}
