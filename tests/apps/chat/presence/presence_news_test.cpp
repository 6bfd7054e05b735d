#include "apps/chat/presence/presence_news.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using chat::PresenceChange;
using chat::PresenceNews;
using News = std::vector<PresenceChange>;

namespace {

const PresenceNews::TimePoint start{1h};
const socketio::Date noon{12h};

}  // namespace

TEST_CASE("who comes is told at once, who goes after the grace") {
  PresenceNews news(2s);
  news.came("ada", noon);
  CHECK(news.take(start) == News{{"ada", true, noon}});
  news.went("ada", noon + 1s, start);
  CHECK(news.next() == start + 2s);
  CHECK(news.take(start + 1999ms).empty());
  CHECK(news.take(start + 2s) == News{{"ada", false, noon + 1s}});
  CHECK_FALSE(news.next().has_value());
}

TEST_CASE("who comes back in time has never been away") {
  PresenceNews news(2s);
  news.went("ada", noon, start);
  news.came("ada", noon + 1s);
  CHECK(news.take(start + 2s).empty());
}

TEST_CASE("the grace begins anew with each departure") {
  PresenceNews news(2s);
  news.went("ada", noon, start);
  news.came("ada", noon);
  news.went("ada", noon + 1s, start + 1s);
  CHECK(news.take(start + 2s).empty());
  CHECK(news.take(start + 3s) == News{{"ada", false, noon + 1s}});
}

TEST_CASE("nobody waits for those whose node is dead") {
  PresenceNews news(2s);
  news.gone("ada", noon);
  news.went("bob", noon, start);
  news.gone("bob", noon + 1s);
  CHECK(news.take(start) == News{{"ada", false, noon}, {"bob", false, noon + 1s}});
  CHECK(news.take(start + 2s).empty());
}
