#include "apps/chat/nest/room_members.hpp"

#include <doctest/doctest.h>

using namespace chat;

namespace {
using Names = std::vector<std::string>;
}

TEST_CASE("members are in the order in which they joined, each once") {
  RoomMembers members;
  members.join("1", {"red", "blue"});
  members.join("2", {"red", "red"});
  members.join("1", {"red"});
  CHECK(members.find("red") == Names{"1", "2"});
  CHECK(members.find("blue") == Names{"1"});
}

TEST_CASE("a room without members is none") {
  RoomMembers members;
  members.join("1", {"red", ""});
  members.leave("2", {"red", "blue"});
  members.leave("1", {"red"});
  CHECK(members.find("red").empty());
  CHECK(members.find("") == Names{"1"});
  members.leave("1", {""});
  CHECK(members.find("").empty());
}
