#include "socketio/parser/placeholders.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

#include "socketio/codec.hpp"
#include "socketio/value.hpp"

using namespace socketio;
using parser::append_placeholder;
using parser::bind_placeholder;

namespace {

/// The value that the object in `json` becomes; nullopt if it is refused.
std::optional<Value> bound(std::string json) {
  const std::vector<std::string> attachments = {"zero", "one"};
  Tape tape;
  REQUIRE(read_json(json, tape));
  return bind_placeholder(tape, 0, attachments) ? std::optional(ValueView(tape.root()).to_value())
                                                : std::nullopt;
}

}  // namespace

TEST_CASE("a placeholder is written with its keys in this order") {
  std::string text;
  append_placeholder(text, 10);
  CHECK(text == R"({"_placeholder":true,"num":10})");
}

TEST_CASE("a placeholder becomes its attachment") {
  CHECK(bound(R"({"_placeholder":true,"num":0})") == Binary(std::string("zero")));
  CHECK(bound(R"({"num":1,"x":[],"_placeholder":true})") == Binary(std::string("one")));
}

TEST_CASE("other objects stay") {
  for (const char* json : {"{}", R"({"num":7})", R"({"_placeholder":"true","num":0})",
                           R"({"_placeholder":1,"num":0})", R"({"_placeholder":false,"num":9})"}) {
    CAPTURE(json);
    CHECK(bound(json).value().is_object());
  }
}

TEST_CASE("a placeholder without its attachment is refused") {
  CHECK_FALSE(bound(R"({"_placeholder":true})").has_value());
  CHECK_FALSE(bound(R"({"_placeholder":true,"num":2})").has_value());
  CHECK_FALSE(bound(R"({"_placeholder":true,"num":"0"})").has_value());
}
