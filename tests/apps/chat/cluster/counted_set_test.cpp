#include "apps/chat/cluster/counted_set.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using chat::CountedSet;
using Texts = std::vector<std::string>;

namespace {

Texts sorted(Texts texts) {
  std::sort(texts.begin(), texts.end());
  return texts;
}

}  // namespace

TEST_CASE("the first of a text brings it in, the last takes it out") {
  CountedSet set;
  CHECK(set.add("a"));
  CHECK_FALSE(set.add("a"));
  CHECK_FALSE(set.remove("a"));
  CHECK(set.contains("a"));
  CHECK(set.remove("a"));
  CHECK_FALSE(set.contains("a"));
  CHECK_FALSE(set.remove("a"));
  CHECK(set.size() == 0);
}

TEST_CASE("changes are told once, and not those that were undone") {
  CountedSet set;
  set.add("stays");
  set.add("visits");
  set.remove("visits");
  CountedSet::Changes changes = set.take_changes();
  CHECK(changes.added == Texts{"stays"});
  CHECK(changes.removed.empty());
  CHECK(set.take_changes().empty());

  set.remove("stays");
  set.add("stays");
  CHECK(set.take_changes().empty());

  set.remove("stays");
  changes = set.take_changes();
  CHECK(changes.added.empty());
  CHECK(changes.removed == Texts{"stays"});
}

TEST_CASE("after everything was told, only what is new is a change") {
  CountedSet set;
  set.add("a");
  set.add("b");
  CHECK(sorted(set.take_all()) == Texts{"a", "b"});
  CHECK(set.take_changes().empty());
  set.remove("a");
  CHECK(set.take_changes().removed == Texts{"a"});
}
