#include "apps/chat/presence/presence_table.hpp"

#include <doctest/doctest.h>

using chat::PresenceTable;
using Users = std::vector<std::string>;

TEST_CASE("a user comes with his first node and goes with his last") {
  PresenceTable table;
  CHECK(table.add("n1", "ada"));
  CHECK_FALSE(table.add("n1", "ada"));
  CHECK_FALSE(table.add("n2", "ada"));
  CHECK_FALSE(table.remove("n1", "ada"));
  CHECK(table.contains("ada"));
  CHECK(table.remove("n2", "ada"));
  CHECK_FALSE(table.contains("ada"));
  CHECK_FALSE(table.remove("n2", "ada"));
}

TEST_CASE("a node that dies takes those with it who are nowhere else") {
  PresenceTable table;
  table.add("n1", "ada");
  table.add("n1", "bob");
  table.add("n2", "bob");
  CHECK(table.remove_node("n1") == Users{"ada"});
  CHECK(table.users() == Users{"bob"});
  CHECK(table.remove_node("n1").empty());
}

TEST_CASE("a node's users are replaced by what it says") {
  PresenceTable table;
  table.add("n1", "ada");
  table.add("n1", "bob");
  table.add("n2", "bob");
  const PresenceTable::Changes changes = table.replace("n1", {"cy", "ada"});
  CHECK(changes.came == Users{"cy"});
  CHECK(changes.went.empty());
  CHECK(table.replace("n2", {}).went == Users{"bob"});
  CHECK(table.users() == Users{"ada", "cy"});
  CHECK(table.size() == 2);
}
