#include "apps/chat/presence/typing.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using chat::Typing;
using Notices = std::vector<Typing::Notice>;

namespace {

const Typing::TimePoint start{1h};

Typing typing() { return Typing({.interval = 1s, .timeout = 6s}); }

}  // namespace

TEST_CASE("that somebody types is told once in an interval") {
  Typing state = typing();
  CHECK(state.update("lobby", true, start));
  CHECK_FALSE(state.update("lobby", true, start + 999ms));
  CHECK(state.update("lobby", true, start + 1s));
  CHECK(state.update("kitchen", true, start + 1s));
}

TEST_CASE("that he stopped is told to those who know that he types") {
  Typing state = typing();
  CHECK_FALSE(state.update("lobby", false, start));
  CHECK(state.update("lobby", true, start));
  CHECK(state.update("lobby", false, start + 1ms));
  CHECK_FALSE(state.update("lobby", false, start + 2ms));
}

TEST_CASE("typing again too soon is told when the interval is over") {
  Typing state = typing();
  CHECK(state.update("lobby", true, start));
  CHECK(state.update("lobby", false, start + 100ms));
  CHECK_FALSE(state.update("lobby", true, start + 200ms));
  CHECK(state.deadline() == start + 1s);
  CHECK(state.due(start + 999ms).empty());
  CHECK(state.due(start + 1s) == Notices{{"lobby", true}});
  CHECK(state.deadline() == start + 200ms + 6s);
}

TEST_CASE("who says nothing more has stopped") {
  Typing state = typing();
  CHECK(state.update("lobby", true, start));
  CHECK(state.deadline() == start + 6s);
  CHECK(state.due(start + 5999ms).empty());
  CHECK(state.due(start + 6s) == Notices{{"lobby", false}});
  CHECK_FALSE(state.deadline().has_value());
  CHECK(state.due(start + 7s).empty());
}

TEST_CASE("who leaves stops in all rooms in which he is seen typing") {
  Typing state = typing();
  CHECK(state.update("a", true, start));
  CHECK(state.update("b", true, start));
  CHECK(state.update("b", false, start));
  CHECK(state.stop() == std::vector<std::string>{"a"});
  CHECK(state.stop().empty());
}
