#include "socketio/detail/room_table.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace socketio::detail;

namespace {

std::set<const Occupant*> members(const RoomTable& table, std::string_view room) {
  std::set<const Occupant*> result;
  if (const auto* list = table.find(room)) {
    for (const auto& member : *list) {
      result.insert(member.occupant);
    }
  }
  return result;
}

}  // namespace

TEST_CASE("joining and leaving tell about the first and the last member") {
  RoomTable table;
  Occupant a;
  Occupant b;
  CHECK(table.join(a, "x") == RoomTable::Joined::first_member);
  CHECK(table.join(a, "x") == RoomTable::Joined::already);
  CHECK(table.join(b, "x") == RoomTable::Joined::one_more);
  CHECK(members(table, "x") == std::set<const Occupant*>{&a, &b});
  CHECK(table.leave(a, "x") == RoomTable::Left::others_remain);
  CHECK(table.leave(a, "x") == RoomTable::Left::was_not_in);
  CHECK(table.leave(b, "x") == RoomTable::Left::last_member);
  CHECK(table.leave(b, "y") == RoomTable::Left::was_not_in);
  CHECK(table.find("x") == nullptr);
  CHECK(table.size() == 0);
}

TEST_CASE("leave_all tells which rooms have gone") {
  RoomTable table;
  Occupant a;
  Occupant b;
  table.join(a, "x");
  table.join(a, "y");
  table.join(b, "y");
  std::vector<std::string> gone;
  table.leave_all(a, [&](const std::string& room) { gone.push_back(room); });
  CHECK(gone == std::vector<std::string>{"x"});
  CHECK(a.memberships.empty());
  CHECK(table.name(b.memberships.front()) == "y");
}

TEST_CASE("whatever the order, the table agrees with a simple model") {
  RoomTable table;
  std::deque<Occupant> occupants(12);
  std::map<std::string, std::set<const Occupant*>> model;
  std::minstd_rand random(1);
  for (int step = 0; step < 20'000; ++step) {
    Occupant& occupant = occupants[random() % occupants.size()];
    const std::string room(1, static_cast<char>('a' + random() % 8));
    const auto action = random() % 20;
    if (action == 0) {
      table.leave_all(occupant, [](const std::string&) {});
      for (auto& [name, present] : model) {
        present.erase(&occupant);
      }
    } else if (action < 10) {
      table.join(occupant, room);
      model[room].insert(&occupant);
    } else {
      table.leave(occupant, room);
      model[room].erase(&occupant);
    }
  }
  for (const auto& [room, present] : model) {
    CHECK(members(table, room) == present);
  }
  for (const Occupant& occupant : occupants) {
    for (const Membership& membership : occupant.memberships) {
      CHECK(model[table.name(membership)].contains(&occupant));
    }
  }
}
