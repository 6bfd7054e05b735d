#include "socketio/value.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>

#include "socketio/codec.hpp"
#include "tests/socketio/notation.hpp"

using namespace socketio;

TEST_CASE("a value has the kind of what it is made from") {
  CHECK(Value().kind() == ValueKind::null);
  CHECK(Value(nullptr).kind() == ValueKind::null);
  CHECK(Value(true).kind() == ValueKind::boolean);
  CHECK(Value(1).kind() == ValueKind::int64);
  CHECK(Value(std::uint8_t{1}).kind() == ValueKind::int64);
  CHECK(Value(std::uint64_t{1}).kind() == ValueKind::int64);
  CHECK(Value(std::numeric_limits<std::uint64_t>::max()).kind() == ValueKind::uint64);
  CHECK(Value(1.0).kind() == ValueKind::number);
  CHECK(Value(1.0F).kind() == ValueKind::number);
  CHECK(Value("a").kind() == ValueKind::string);
  CHECK(Value(std::string("a")).kind() == ValueKind::string);
  CHECK(Value(std::string_view("a")).kind() == ValueKind::string);
  CHECK(Value(Binary()).kind() == ValueKind::binary);
  CHECK(Value(Array{}).kind() == ValueKind::array);
  CHECK(Value(Object{}).kind() == ValueKind::object);
}

TEST_CASE("getters answer for their kind only") {
  CHECK(Value(true).as_bool() == true);
  CHECK_FALSE(Value(1).as_bool());
  CHECK_FALSE(Value("true").as_bool());
  CHECK(Value("a").as_string() == "a");
  CHECK_FALSE(Value(1).as_string());
  CHECK(Value(Binary(std::string("x"))).as_binary()->view() == "x");
  CHECK(Value("x").as_binary() == nullptr);
  CHECK(Value(Array{1}).as_array()->size() == 1);
  CHECK(Value(Object{}).as_array() == nullptr);
  CHECK(Value(Object{{"a", 1}}).as_object()->size() == 1);
}

TEST_CASE("numbers are numbers") {
  CHECK(Value(1.0).as_int64() == 1);
  CHECK_FALSE(Value(1.5).as_int64());
  CHECK(Value(-0.0).as_int64() == 0);
  CHECK_FALSE(Value(-1).as_uint64());
  CHECK(Value(1).as_uint64() == 1U);
  CHECK(Value(3).as_double() == 3.0);
  CHECK_FALSE(Value("3").as_double());
  CHECK(Value(9223372036854774784.0).as_int64() == 9223372036854774784);
  CHECK_FALSE(Value(9223372036854775808.0).as_int64());
  CHECK(Value(9223372036854775808.0).as_uint64() == 9223372036854775808U);
  CHECK(Value(-9223372036854775808.0).as_int64() == std::numeric_limits<std::int64_t>::min());
  CHECK_FALSE(Value(18446744073709551616.0).as_uint64());
  CHECK_FALSE(Value(std::numeric_limits<double>::quiet_NaN()).as_int64());
  CHECK_FALSE(Value(std::numeric_limits<double>::infinity()).as_uint64());
  CHECK_FALSE(Value(std::numeric_limits<std::uint64_t>::max()).as_int64());
}

TEST_CASE("missing members and elements read as null") {
  const Value value = Object{{"name", "Ada"}, {"scores", Array{1, 2.5, nullptr}}};
  CHECK(value["name"].as_string() == "Ada");
  CHECK(value["scores"][1].as_double() == 2.5);
  CHECK(value["scores"][3].is_null());
  CHECK(value["nothing"]["at"]["all"].is_null());
  CHECK(value["name"][0].is_null());
  CHECK(value.size() == 2);
  CHECK(value["scores"].size() == 3);
  CHECK(value["name"].size() == 0);
}

TEST_CASE("members are added and replaced in place") {
  Value value;
  value["a"] = 1;
  value["b"]["c"] = "x";
  value["a"] = 2;
  CHECK(value == Object{{"a", 2}, {"b", Object{{"c", "x"}}}});
  CHECK(value.as_object()->begin()->key == "a");
  CHECK(value.as_object()->erase("a"));
  CHECK_FALSE(value.as_object()->erase("a"));
  CHECK(value.size() == 1);
}

TEST_CASE("the last of duplicate members counts") {
  Object object{{"a", 1}, {"b", 2}};
  object.append("a", 3);
  CHECK(object.find("a")->as_int64() == 3);
  object["a"] = 4;
  CHECK(object.find("a")->as_int64() == 4);
  CHECK(object.size() == 3);
  CHECK(Value(object) == Object{{"b", 2}, {"a", 4}});
  CHECK(object.erase("a"));
  CHECK(object.size() == 1);
}

TEST_CASE("values are equal by value") {
  CHECK(Value(1) == Value(1.0));
  CHECK(Value(-0.0) == Value(0));
  CHECK(Value(1) != Value(1.5));
  CHECK(Value(1) != Value(true));
  CHECK(Value(1) != Value("1"));
  CHECK(Value() != Value(0));
  CHECK(Value(std::numeric_limits<std::uint64_t>::max()) != Value(-1));
  CHECK(Value(std::numeric_limits<std::uint64_t>::max()) != Value(18446744073709551616.0));
  CHECK(Value(9007199254740993) != Value(9007199254740992.0));
  CHECK(Value(std::numeric_limits<double>::quiet_NaN()) !=
        Value(std::numeric_limits<double>::quiet_NaN()));
  CHECK(Value(1.5) == Value(1.5));
  CHECK(Value("a") != Value(Binary(std::string("a"))));
  CHECK(Value(Binary(std::string("a"))) != Value(Binary(std::string("b"))));
  CHECK(Value(Object{{"a", 1}, {"b", 2}}) == Value(Object{{"b", 2}, {"a", 1}}));
  CHECK(Value(Object{{"a", 1}}) != Value(Object{{"a", 1}, {"b", 2}}));
  CHECK(Value(Object{{"a", nullptr}}) != Value(Object{{"b", nullptr}}));
  CHECK(Value(Array{1, 2}) != Value(Array{2, 1}));
  CHECK(Value(Array{}) != Value(Object{}));
}

TEST_CASE("a builder builds what is written") {
  const Value value = Object{{"a", Array{1, -2, 2.5, "x", true, nullptr, Array{}}},
                             {"b", Object{{"c", Binary(std::string("\0", 1))}}},
                             {"c", std::numeric_limits<std::uint64_t>::max()}};
  ValueBuilder builder;
  value.write_to(builder);
  CHECK(builder.take() == value);
  CHECK(builder.take().is_null());
  builder.integer(1);
  CHECK(builder.take() == Value(1));
}

TEST_CASE("values from the network may be as deep as the highest limit") {
  constexpr std::size_t depth = 1024;
  std::string text = std::string(depth, '[') + std::string(depth, ']');
  Tape tape;
  REQUIRE(read_json(text, tape, depth));
  const Value value = ValueView(tape.root()).to_value();
  const Value copy = value;
  CHECK(copy == value);
}
