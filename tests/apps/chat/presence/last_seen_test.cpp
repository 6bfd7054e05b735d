#include "apps/chat/presence/last_seen.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;

TEST_CASE("as many users are remembered as may be, and not one more") {
  const socketio::Date noon{12h};
  chat::LastSeen seen(2);
  seen.remember("ada", noon);
  seen.remember("bob", noon + 1s);
  CHECK(seen.size() == 2);
  seen.remember("ada", noon + 2s);  // is the younger one now
  seen.remember("cy", noon + 3s);
  CHECK(seen.size() == 2);
  CHECK_FALSE(seen.find("bob").has_value());
  CHECK(seen.find("ada") == noon + 2s);
  CHECK(seen.find("cy") == noon + 3s);
  seen.forget("ada");
  CHECK_FALSE(seen.find("ada").has_value());
}

TEST_CASE("nobody is remembered where nobody may be") {
  chat::LastSeen seen(1);
  seen.forget("ada");
  CHECK(seen.size() == 0);
}
