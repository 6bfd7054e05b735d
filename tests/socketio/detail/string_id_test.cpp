#include "socketio/detail/string_id.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <set>

using namespace socketio::detail;

TEST_CASE("ids are 20 characters and differ") {
  std::set<std::string> ids;
  std::set<char> first;
  for (int i = 0; i < 2000; ++i) {
    const std::string id = random_id();
    CHECK(id.size() == 20);
    first.insert(id.front());
    ids.insert(id);
  }
  CHECK(ids.size() == 2000);
  CHECK(first.size() == 64);
}

TEST_CASE("yeast numbers") {
  CHECK(to_yeast(0) == "0");
  CHECK(to_yeast(63) == "_");
  CHECK(to_yeast(64) == "10");
  for (const std::uint64_t number : {0ULL, 1ULL, 64ULL, 1'790'000'000'000ULL, (1ULL << 60) - 1}) {
    CHECK(from_yeast(to_yeast(number)) == number);
  }
  CHECK_FALSE(from_yeast("").has_value());
  CHECK_FALSE(from_yeast("00").has_value());
  CHECK_FALSE(from_yeast("a.1").has_value());
  CHECK_FALSE(from_yeast("12345678901").has_value());
}
