#include "socketio/adapter.hpp"

#include <doctest/doctest.h>

using namespace socketio;

TEST_CASE("a number as a room is not the room of its text") {
  CHECK(numeric_room(5) != "5");
  CHECK(numeric_room(5) == numeric_room(5.0));
  CHECK(numeric_room_value(numeric_room(5)) == 5.0);
  CHECK(numeric_room_value(numeric_room(-0.5)) == -0.5);
  CHECK_FALSE(numeric_room_value("5").has_value());
  CHECK_FALSE(numeric_room_value("").has_value());
  CHECK_FALSE(numeric_room_value(std::string("\0#5x", 4)).has_value());
}

TEST_CASE("rooms as they are in packets") {
  CHECK(room_from_value("5") == "5");
  CHECK(room_from_value(5) == numeric_room(5));
  CHECK(room_from_value(1.5) == numeric_room(1.5));
  CHECK_FALSE(room_from_value(nullptr).has_value());
  CHECK_FALSE(room_from_value(Array{}).has_value());
  CHECK(room_to_value(numeric_room(5)) == Value(5));
  CHECK(room_to_value("5") == Value("5"));
}
