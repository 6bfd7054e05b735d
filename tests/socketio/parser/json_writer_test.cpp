#include "socketio/parser/json_writer.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <string>

#include "socketio/codec.hpp"
#include "tests/socketio/notation.hpp"

using namespace socketio;

namespace {

std::string json(const Value& value) {
  std::string text;
  write_json([&](Writer& writer) { value.write_to(writer); }, text);
  return text;
}

}  // namespace

TEST_CASE("values are written as JSON.stringify does") {
  CHECK(json(nullptr) == "null");
  CHECK(json(Array{true, false, nullptr}) == "[true,false,null]");
  CHECK(json(Array{}) == "[]");
  CHECK(json(Object{}) == "{}");
  CHECK(json(Array{Array{}, Object{{"a", Array{1, 2}}, {"", Object{{"b", "c"}}}}, 3}) ==
        R"([[],{"a":[1,2],"":{"b":"c"}},3])");
}

TEST_CASE("integers are written with all their digits") {
  CHECK(json(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
  CHECK(json(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
  CHECK(json(0) == "0");
}

TEST_CASE("strings are escaped as JSON.stringify does") {
  CHECK(json("\b\t\n\f\r\"\\/") == R"("\b\t\n\f\r\"\\/")");
  CHECK(json(std::string("\0\x01\x1e\x1f", 4)) == R"("\u0000\u0001\u001e\u001f")");
  CHECK(json("\x7f\u00e9\u20ac\u2028\U0001f600") == "\"\x7f\u00e9\u20ac\u2028\U0001f600\"");
  CHECK(json(Object{{"\n\"", 1}}) == R"({"\n\"":1})");
}

TEST_CASE("an escape is found at every distance") {
  for (std::size_t before = 0; before < 20; ++before) {
    for (std::size_t after = 0; after < 20; ++after) {
      const std::string a(before, 'a');
      const std::string b(after, 'b');
      CHECK(json(a + '\n' + b) == '"' + a + "\\n" + b + '"');
      CHECK(json(a + "\u00e9" + b) == '"' + a + "\u00e9" + b + '"');
    }
  }
}

TEST_CASE("lone surrogates are escaped") {
  CHECK(json("a\xed\xa0\x80"
             "b") == R"("a\ud800b")");
  CHECK(json("\xed\xbf\xbf") == R"("\udfff")");
}

TEST_CASE("the text is UTF-8 whatever the strings are") {
  CHECK(json("\xff") == "\"\ufffd\"");
  CHECK(json("a\xc3") == "\"a\ufffd\"");
  CHECK(json("\xc3(") == "\"\ufffd(\"");
  CHECK(json("\xe2\x82"
             "b\xf0\x9f\x98") ==
        "\"\ufffd"
        "b\ufffd\"");
  CHECK(json("\xc0\x80") == "\"\ufffd\ufffd\"");
}

TEST_CASE("NaN and infinities are null") {
  CHECK(
      json(Array{std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
                 -std::numeric_limits<double>::infinity()}) == "[null,null,null]");
}

TEST_CASE("binary outside of packets is written as Buffer.toJSON does") {
  CHECK(json(Binary()) == R"({"type":"Buffer","data":[]})");
  CHECK(json(Array{Binary(std::string("\0\x7f\xff", 3))}) ==
        R"([{"type":"Buffer","data":[0,127,255]}])");
}
