#include "socketio/parser/json_reader.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "socketio/codec.hpp"
#include "tests/socketio/notation.hpp"

using namespace socketio;

namespace {

std::optional<Value> parse(std::string text, std::size_t max_depth = 256) {
  Tape tape;
  return read_json(text, tape, max_depth) ? std::optional(ValueView(tape.root()).to_value())
                                          : std::nullopt;
}

std::optional<std::string> parse_string(std::string text) {
  const auto value = parse(std::move(text));
  return value ? std::optional(std::string(value->as_string().value())) : std::nullopt;
}

}  // namespace

TEST_CASE("JSON texts become values") {
  CHECK(parse("null") == Value());
  CHECK(parse(" \t\r\ntrue \t\r\n") == Value(true));
  CHECK(parse("false") == Value(false));
  CHECK(parse("\"\"") == Value(""));
  CHECK(parse("[]") == Value(Array{}));
  CHECK(parse("{}") == Value(Object{}));
  CHECK(parse(R"( [ 1 , [ ] , { "a" : { "b" : [ null ] } , "" : "x" } ] )") ==
        Value(Array{1, Array{}, Object{{"a", Object{{"b", Array{nullptr}}}}, {"", "x"}}}));
}

TEST_CASE("what JSON.parse refuses is refused") {
  for (const char* text : {"",
                           " ",
                           "nul",
                           "nulll",
                           "True",
                           "NaN",
                           "Infinity",
                           "-",
                           "-Infinity",
                           "undefined",
                           "'a'",
                           "[",
                           "]",
                           "[1",
                           "[1,",
                           "[1,]",
                           "[,1]",
                           "[1 2]",
                           "[1}",
                           "{",
                           "}",
                           "{1:2}",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{\"a\":1,}",
                           "{\"a\" 1}",
                           "{\"a\":1 \"b\":2}",
                           "{,}",
                           "{\"a\":1]",
                           "\"",
                           "\"a",
                           "\"\\\"",
                           "\"\\x41\"",
                           "\"\\u12\"",
                           "\"\\u123\"",
                           "\"\\u12g4\"",
                           "\"\\u+123\"",
                           "\"\\u-123\"",
                           "\"\\u 123\"",
                           "\"\\U0041\"",
                           "\"\n\"",
                           "\"\t\"",
                           "01",
                           "-01",
                           "00",
                           "+1",
                           ".5",
                           "1.",
                           "1.e5",
                           "1e",
                           "1e+",
                           "1e1.5",
                           "0x1",
                           "1_000",
                           "--1",
                           "1 1",
                           "[1]x",
                           "//\n1",
                           "1/**/",
                           "\xef\xbb\xbf"
                           "1",
                           "\xc2\xa0"
                           "1",
                           "\f1",
                           "\v1"}) {
    CAPTURE(text);
    CHECK_FALSE(parse(text).has_value());
  }
  CHECK_FALSE(parse(std::string("1\0", 2)).has_value());
  CHECK_FALSE(parse(std::string("\"\0\"", 3)).has_value());
}

TEST_CASE("strings are unescaped") {
  CHECK(parse_string(R"("\"\\\/\b\f\n\r\t")") == "\"\\/\b\f\n\r\t");
  CHECK(parse_string(R"("\u0041\u00e9\u20AC\ud83d\uDE00")") == "A\u00e9\u20ac\U0001f600");
  CHECK(parse_string(R"("before\nand after it")") == "before\nand after it");
  CHECK(parse_string(R"("\u0000")") == std::string("\0", 1));
  CHECK(parse_string("\"\x7f\u2028\U0010ffff\"") == "\x7f\u2028\U0010ffff");
  CHECK(parse(R"({"\u0061":1})") == Value(Object{{"a", 1}}));
}

TEST_CASE("a special character is found at every distance") {
  for (std::size_t before = 0; before < 20; ++before) {
    for (std::size_t after = 0; after < 20; ++after) {
      const std::string a(before, 'a');
      const std::string b(after, 'b');
      CHECK(parse_string('"' + a + "\\n" + b + '"') == a + '\n' + b);
      CHECK(parse_string('"' + a + "\u00e9" + b + '"') == a + "\u00e9" + b);
      CHECK_FALSE(parse_string('"' + a + '\x1f' + b + '"').has_value());
      CHECK_FALSE(parse_string('"' + a + '\xff' + b + '"').has_value());
    }
  }
}

TEST_CASE("lone surrogates become WTF-8") {
  CHECK(parse_string(R"("\ud800")") == "\xed\xa0\x80");
  CHECK(parse_string(R"("\udfff")") == "\xed\xbf\xbf");
  CHECK(parse_string(R"("a\ud800b")") ==
        "a\xed\xa0\x80"
        "b");
  CHECK(parse_string(R"("\udc00\ud800")") == "\xed\xb0\x80\xed\xa0\x80");
  CHECK(parse_string(R"("\ud800\ud83d\ude00")") == "\xed\xa0\x80\U0001f600");
  CHECK(parse_string(R"("\ud800\n")") == "\xed\xa0\x80\n");
  CHECK(parse_string(R"("\ud800\u0041")") ==
        "\xed\xa0\x80"
        "A");
  CHECK_FALSE(parse_string(R"("\ud800\u")").has_value());
}

TEST_CASE("what is not UTF-8 is refused") {
  for (const char* text :
       {"\"\x80\"", "\"\xc0\x80\"", "\"\xc3\"", "\"\xe2\x82\"", "\"\xed\xa0\x80\"",
        "\"\xf0\x80\x80\x80\"", "\"\xf4\x90\x80\x80\"", "\"\xf5\x80\x80\x80\""}) {
    CAPTURE(text);
    CHECK_FALSE(parse(text).has_value());
  }
}

TEST_CASE("integers of 64 bits are exact") {
  CHECK(parse("0")->as_int64() == 0);
  CHECK(parse("9007199254740993")->as_int64() == 9007199254740993);
  CHECK(parse("9223372036854775807")->kind() == ValueKind::int64);
  CHECK(parse("-9223372036854775808")->as_int64() == std::numeric_limits<std::int64_t>::min());
  CHECK(parse("9223372036854775808")->as_uint64() == 9223372036854775808U);
  CHECK(parse("18446744073709551615")->as_uint64() == std::numeric_limits<std::uint64_t>::max());
  CHECK(parse("18446744073709551616")->kind() == ValueKind::number);
  CHECK(parse("18446744073709551616")->as_double() == 18446744073709551616.0);
  CHECK(parse("-9223372036854775809")->as_double() == -9223372036854775808.0);
  CHECK(parse("123456789012345678901234567890")->as_double() == 123456789012345678901234567890.0);
}

TEST_CASE("numbers are read as JavaScript reads them") {
  CHECK(parse("1e3")->kind() == ValueKind::number);
  CHECK(parse("1e3")->as_int64() == 1000);
  CHECK(parse("1.5E+1")->as_int64() == 15);
  CHECK(parse("0.1")->as_double() == 0.1);
  CHECK(parse("5e-324")->as_double() == std::numeric_limits<double>::denorm_min());
  CHECK(parse("1.7976931348623157e308")->as_double() == std::numeric_limits<double>::max());
  CHECK(parse("-0")->kind() == ValueKind::number);
  CHECK(std::signbit(*parse("-0")->as_double()));
  CHECK(parse("-0")->as_int64() == 0);
  CHECK(std::signbit(*parse("-0.0e5")->as_double()));
}

TEST_CASE("numbers beyond the range of double are infinite or 0") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const std::string zeros(400, '0');
  CHECK(parse("1e400")->as_double() == infinity);
  CHECK(parse("-1e400")->as_double() == -infinity);
  CHECK(parse("1e99999999999999999999")->as_double() == infinity);
  CHECK(parse("1" + zeros)->as_double() == infinity);
  CHECK(parse("0." + zeros + "1e800")->as_double() == infinity);
  CHECK(parse("1e-400")->as_double() == 0.0);
  CHECK(std::signbit(*parse("-1e-400")->as_double()));
  CHECK(parse("1e-99999999999999999999")->as_double() == 0.0);
  CHECK(parse("0." + zeros + "1")->as_double() == 0.0);
  CHECK(parse("1" + zeros + "e-800")->as_double() == 0.0);
  CHECK(parse("0." + zeros + "1e401")->as_double() == 1.0);
  CHECK(parse("0e99999999999999999999")->as_double() == 0.0);
}

TEST_CASE("duplicate keys: the last one counts") {
  std::string text = R"({"x":1,"y":{"x":7},"x":2})";
  Tape tape;
  REQUIRE(read_json(text, tape));
  CHECK(ValueView(tape.root())["x"].as_int64() == 2);
  CHECK(ValueView(tape.root()).to_value()["x"].as_int64() == 2);
}

TEST_CASE("values nest as deeply as the limit, and no deeper") {
  const auto arrays = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  CHECK(parse(arrays(256)).has_value());
  CHECK_FALSE(parse(arrays(257)).has_value());
  CHECK(parse(R"({"a":[]})", 2).has_value());
  CHECK_FALSE(parse(R"({"a":[{}]})", 2).has_value());
  CHECK(parse("[[],[],[[]]]", 3).has_value());
  CHECK(parse("1", 0).has_value());
  CHECK_FALSE(parse(std::string(1'000'000, '[')).has_value());
}

TEST_CASE("text behind the end is not touched") {
  std::string buffer = R"(["\u0041"]"next)";
  Tape tape;
  CHECK(read_json(std::span(buffer).first(10), tape));
  CHECK(buffer.substr(10) == "\"next");
}
