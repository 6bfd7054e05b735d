#include "adapters/wire/room_names.hpp"

#include <doctest/doctest.h>

#include "socketio/adapter.hpp"

using namespace adapters::wire;

TEST_CASE("rooms in the names of channels, and their length in JavaScript") {
  CHECK(room_text("room") == "room");
  CHECK(room_text(socketio::numeric_room(5)) == "5");
  CHECK(room_text(socketio::numeric_room(1e21)) == "1e+21");
  CHECK(room_text(socketio::numeric_room(-0.5)) == "-0.5");
  CHECK(utf16("").empty());
  CHECK(utf16("r\u00f6\u00f6m").size() == 4);
  CHECK(utf16("\U0001f600").size() == 2);
  CHECK(utf16("a\u20acb") == u"a\u20acb");
  CHECK(utf16("\xff\x80\xc3").size() <= 3);  // no UTF-8
}
