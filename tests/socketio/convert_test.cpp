#include "socketio/convert.hpp"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <variant>
#include <vector>

#include "socketio/codec.hpp"
#include "tests/socketio/notation.hpp"

using namespace socketio;

namespace {

enum class Color : std::uint8_t { red = 1, green = 2 };

struct Point {
  int x = 0;
  int y = 0;
  bool operator==(const Point&) const = default;
};

struct Shape {
  std::string name;
  std::vector<Point> points;
  std::optional<Color> color;
  std::map<std::string, double> weights;
  bool operator==(const Shape&) const = default;
};

}  // namespace

template <>
struct socketio::Fields<Point> {
  static constexpr auto members = std::tuple(field("x", &Point::x), field("y", &Point::y));
};

template <>
struct socketio::Fields<Shape> {
  static constexpr auto members =
      std::tuple(field("name", &Shape::name), field("points", &Shape::points),
                 field("color", &Shape::color), field("weights", &Shape::weights));
};

namespace {

template <class T>
std::optional<T> read(std::string json) {
  const auto document = Document::from_json(std::move(json));
  REQUIRE(document.has_value());
  return read_as<T>(document->root());
}

template <class T>
std::string written(const T& value) {
  std::string json;
  write_json([&](Writer& writer) { write_value(writer, value); }, json);
  return json;
}

template <class T>
bool fits(std::string json) {
  return read<T>(std::move(json)).has_value();
}

}  // namespace

TEST_CASE("booleans") {
  CHECK(read<bool>("true") == true);
  CHECK(read<bool>("false") == false);
  for (const char* json : {"0", "1", "null", "\"true\"", "[]", "{}"}) {
    CAPTURE(json);
    CHECK_FALSE(fits<bool>(json));
  }
  CHECK(written(true) == "true");
}

TEST_CASE("integers are integral and in range") {
  CHECK(read<int>("1") == 1);
  CHECK(read<int>("1.0") == 1);
  CHECK(read<int>("1e3") == 1000);
  CHECK(read<int>("-0") == 0);
  CHECK(read<std::int8_t>("-128") == -128);
  CHECK_FALSE(fits<std::int8_t>("-129"));
  CHECK(read<std::int8_t>("127") == 127);
  CHECK_FALSE(fits<std::int8_t>("128"));
  CHECK(read<std::uint8_t>("255") == 255);
  CHECK_FALSE(fits<std::uint8_t>("256"));
  CHECK_FALSE(fits<std::uint8_t>("-1"));
  CHECK(read<std::int32_t>("-2147483648") == std::numeric_limits<std::int32_t>::min());
  CHECK_FALSE(fits<std::int32_t>("2147483648"));
  CHECK(read<std::int64_t>("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
  CHECK_FALSE(fits<std::int64_t>("9223372036854775808"));
  CHECK(read<std::uint64_t>("18446744073709551615") == std::numeric_limits<std::uint64_t>::max());
  CHECK_FALSE(fits<std::uint64_t>("18446744073709551616"));
  for (const char* json : {"1.5", "1e400", "true", "null", "\"1\"", "[1]", "{}"}) {
    CAPTURE(json);
    CHECK_FALSE(fits<int>(json));
    CHECK_FALSE(fits<std::uint64_t>(json));
  }
  CHECK(written(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
  CHECK(written(std::int8_t{-5}) == "-5");
}

TEST_CASE("floating point") {
  CHECK(read<double>("1") == 1.0);
  CHECK(read<double>("-2.5") == -2.5);
  CHECK(read<float>("0.5") == 0.5F);
  CHECK(read<double>("1e400") == std::numeric_limits<double>::infinity());
  CHECK_FALSE(fits<double>("\"1\""));
  CHECK_FALSE(fits<double>("null"));
  CHECK(written(1.0) == "1");
  CHECK(written(0.5F) == "0.5");
}

TEST_CASE("strings") {
  CHECK(read<std::string>("\"a\"") == "a");
  CHECK_FALSE(fits<std::string>("1"));
  CHECK_FALSE(fits<std::string>("null"));
  CHECK_FALSE(fits<std::string_view>("[]"));
  const auto document = Document::from_json("\"view\"").value();
  CHECK(read_as<std::string_view>(document.root()) == "view");
  CHECK(written("literal") == "\"literal\"");
  const char* pointer = "pointer";
  CHECK(written(pointer) == "\"pointer\"");
  CHECK(written(std::string_view("a")) == "\"a\"");
}

TEST_CASE("bytes") {
  const Document document(
      [](Writer& writer) { Value(Binary(std::string("ab"))).write_to(writer); });
  const ValueView view = document.root();
  CHECK(read_as<Binary>(view)->view() == "ab");
  CHECK(read_as<std::vector<std::byte>>(view)->size() == 2);
  CHECK(read_as<std::span<const std::byte>>(view)->data() == view.as_binary()->data());
  CHECK_FALSE(read_as<std::string>(view));
  CHECK_FALSE(read_as<std::vector<int>>(view));
  CHECK_FALSE(fits<Binary>("\"ab\""));
  CHECK_FALSE(fits<Binary>("[1]"));
  CHECK(to_value(std::vector<std::byte>{std::byte{1}}) == Binary(std::string("\1")));
}

TEST_CASE("enums are their numbers") {
  CHECK(read<Color>("2") == Color::green);
  CHECK_FALSE(fits<Color>("256"));
  CHECK_FALSE(fits<Color>("\"green\""));
  CHECK(written(Color::red) == "1");
}

TEST_CASE("optionals are null when empty") {
  const auto null = read<std::optional<int>>("null");
  REQUIRE(null.has_value());
  CHECK_FALSE(null->has_value());
  CHECK(read<std::optional<int>>("1").value() == 1);
  CHECK_FALSE(fits<std::optional<int>>("\"1\""));
  CHECK(read_as<std::optional<int>>(ValueView()).has_value());
  CHECK(written(std::optional<int>()) == "null");
  CHECK(written(std::optional(1)) == "1");
  CHECK(fits<std::nullptr_t>("null"));
  CHECK_FALSE(fits<std::nullptr_t>("0"));
}

TEST_CASE("variants are the first alternative that fits") {
  using Variant = std::variant<std::int8_t, double, std::string, std::vector<int>>;
  CHECK(read<Variant>("1")->index() == 0);
  CHECK(read<Variant>("1000")->index() == 1);
  CHECK(read<Variant>("\"1\"")->index() == 2);
  CHECK(std::get<3>(*read<Variant>("[1,2]")) == std::vector<int>{1, 2});
  CHECK_FALSE(fits<Variant>("[1,\"2\"]"));
  CHECK_FALSE(fits<Variant>("null"));
  CHECK(fits<std::variant<std::monostate, int>>("null"));
  CHECK(written(Variant("x")) == "\"x\"");
}

TEST_CASE("sequences") {
  CHECK(read<std::vector<int>>("[1,2,3]") == std::vector<int>{1, 2, 3});
  CHECK(read<std::vector<bool>>("[true,false]") == std::vector<bool>{true, false});
  CHECK(read<std::set<std::string>>(R"(["b","a","b"])") == std::set<std::string>{"a", "b"});
  CHECK(read<std::array<int, 2>>("[1,2]") == std::array{1, 2});
  CHECK_FALSE(fits<std::array<int, 2>>("[1]"));
  CHECK_FALSE(fits<std::array<int, 2>>("[1,2,3]"));
  CHECK_FALSE(fits<std::vector<int>>("[1,\"2\"]"));
  CHECK_FALSE(fits<std::vector<int>>("{}"));
  CHECK_FALSE(fits<std::vector<int>>("null"));
  CHECK(read<std::vector<int>>("[]")->empty());
  CHECK(written(std::vector{1, 2}) == "[1,2]");
  CHECK(written(std::vector{true, false}) == "[true,false]");
  CHECK(written(std::array{1.5}) == "[1.5]");
}

TEST_CASE("maps are objects") {
  using Map = std::map<std::string, int>;
  CHECK(read<Map>(R"({"a":1,"b":2,"a":3})") == Map{{"a", 3}, {"b", 2}});
  CHECK(read<std::unordered_map<std::string, Value>>(R"({"a":[1]})")->at("a") == Array{1});
  CHECK_FALSE(fits<Map>(R"({"a":"1"})"));
  CHECK_FALSE(fits<Map>("[]"));
  CHECK(written(Map{{"a", 1}, {"b", 2}}) == R"({"a":1,"b":2})");
}

TEST_CASE("tuples and pairs are arrays") {
  using Tuple = std::tuple<int, std::string, std::optional<bool>>;
  CHECK(read<Tuple>(R"([1,"a",true])") == Tuple(1, "a", true));
  CHECK(read<Tuple>(R"([1,"a"])") == Tuple(1, "a", std::nullopt));
  CHECK_FALSE(fits<Tuple>("[1]"));
  CHECK_FALSE(fits<Tuple>(R"([1,"a",true,4])"));
  CHECK_FALSE(fits<Tuple>("{}"));
  CHECK(read<std::pair<int, int>>("[1,2]") == std::pair(1, 2));
  CHECK(written(std::pair(1, "x")) == R"([1,"x"])");
  CHECK(written(std::tuple<>()) == "[]");
}

TEST_CASE("dates") {
  using Clock = std::chrono::system_clock;
  const Date date{std::chrono::milliseconds(1700000000123)};
  CHECK(read<Date>("\"2023-11-14T22:13:20.123Z\"") == date);
  CHECK(read<Clock::time_point>("\"2023-11-14T22:13:20.123Z\"") == date);
  CHECK(read<Clock::time_point>("1700000000123") == date);
  CHECK(read<Date>("1700000000123.9") == date);
  CHECK_FALSE(fits<Clock::time_point>("\"2600-01-01T00:00:00.000Z\""));  // 64 bits of nanoseconds
  CHECK(fits<Date>("\"2600-01-01T00:00:00.000Z\""));
  CHECK_FALSE(fits<Date>("\"yesterday\""));
  CHECK_FALSE(fits<Date>("1e400"));
  CHECK_FALSE(fits<Date>("8640000000000001"));
  CHECK_FALSE(fits<Date>("null"));
  CHECK_FALSE(fits<Date>("true"));
  CHECK(written(Clock::time_point(date)) == "\"2023-11-14T22:13:20.123Z\"");
}

TEST_CASE("dynamic values fit everything") {
  for (const char* json : {"null", "1", "\"a\"", "[1]", "{\"a\":1}"}) {
    CAPTURE(json);
    CHECK(written(read<Value>(json).value()) == json);
    const auto document = Document::from_json(json).value();
    CHECK(written(read_as<ValueView>(document.root()).value()) == json);
  }
  CHECK(read_as<Value>(ValueView())->is_null());
  CHECK(read<Array>("[1,\"a\"]") == Array{1, "a"});
  CHECK(read<Object>("{\"a\":1}")->find("a")->as_int64() == 1);
  CHECK_FALSE(fits<Object>("[]"));
  CHECK(written(Object{{"a", Array{}}}) == "{\"a\":[]}");
}

TEST_CASE("structs are objects") {
  const Shape shape{"line", {{1, 2}, {3, 4}}, Color::green, {{"w", 0.5}}};
  const std::string json =
      R"({"name":"line","points":[{"x":1,"y":2},{"x":3,"y":4}],"color":2,"weights":{"w":0.5}})";
  CHECK(written(shape) == json);
  CHECK(read<Shape>(json) == shape);
  CHECK(to_value(shape)["points"][1]["x"].as_int64() == 3);
}

TEST_CASE("optional members may be missing and are left out") {
  const std::string json = R"({"name":"","points":[],"weights":{}})";
  CHECK(read<Shape>(json) == Shape{});
  CHECK(read<Shape>(R"({"name":"","points":[],"color":null,"weights":{}})") == Shape{});
  CHECK(written(Shape{}) == json);
}

TEST_CASE("other members must be there, unknown ones are ignored") {
  CHECK(read<Point>(R"({"z":[],"y":2,"x":1,"__proto__":{}})") == Point{1, 2});
  CHECK(read<Point>(R"({"x":0,"y":2,"x":1})") == Point{1, 2});
  CHECK_FALSE(fits<Point>(R"({"x":1})"));
  CHECK_FALSE(fits<Point>(R"({"x":1,"y":null})"));
  CHECK_FALSE(fits<Point>(R"({"x":1,"y":"2"})"));
  CHECK_FALSE(fits<Point>("[1,2]"));
  CHECK_FALSE(fits<Point>("null"));
  CHECK_FALSE(read_as<Point>(ValueView()));
}

TEST_CASE("what can be read and written is known at compile time") {
  struct Unknown {};
  CHECK(Readable<int>);
  CHECK(Writable<int>);
  CHECK_FALSE(Readable<const char*>);
  CHECK(Writable<char[6]>);
  CHECK_FALSE(Readable<Unknown>);
  CHECK_FALSE(Writable<Unknown>);
  CHECK_FALSE(Readable<char>);
  CHECK_FALSE(Writable<void*>);
}
