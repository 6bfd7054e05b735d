#include "apps/chat/store/message_id.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>
#include <vector>

using chat::first_id_at;
using chat::is_message_id;
using chat::MessageIds;
using chat::time_of;
using socketio::Date;
using std::chrono::milliseconds;

TEST_CASE("message ids: sort by time, and tell it") {
  MessageIds ids;
  const Date now(milliseconds(1'700'000'000'000));
  const auto first = ids.next(now);
  const auto second = ids.next(now);
  const auto later = ids.next(now + milliseconds(1));
  CHECK(is_message_id(first.id));
  CHECK(first.id < second.id);
  CHECK(second.id < later.id);
  CHECK(time_of(second.id) == now);
  CHECK(first.timestamp == now);
  CHECK(first_id_at(now) <= first.id);
  CHECK(second.id < first_id_at(now + milliseconds(1)));
  // The example of the specification of ULIDs.
  CHECK(time_of("01ARZ3NDEKTSV4RRFFQ69G5FAV") == Date(milliseconds(1'469'922'850'259)));
  CHECK(first_id_at(Date(milliseconds(1'469'922'850'259))) == "01ARZ3NDEK0000000000000000");
}

TEST_CASE("message ids: the clock is set back") {
  MessageIds ids;
  const Date now(milliseconds(1'700'000'000'000));
  const auto first = ids.next(now);
  const auto second = ids.next(now - std::chrono::hours(1));
  CHECK(first.id < second.id);
  CHECK(second.timestamp == now);
  CHECK(time_of(second.id) == now);
}

TEST_CASE("message ids: of several threads and makers differ") {
  constexpr std::size_t each = 5'000;
  MessageIds shared;
  MessageIds other;
  const Date now(milliseconds(1'700'000'000'000));
  std::vector<std::vector<std::string>> made(3);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < made.size(); ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = 0; i < each; ++i) {
        made[t].push_back((t < 2 ? shared : other).next(now).id);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  std::set<std::string> all;
  for (const auto& ids : made) {
    CHECK(std::is_sorted(ids.begin(), ids.end()));
    all.insert(ids.begin(), ids.end());
  }
  CHECK(all.size() == made.size() * each);
}

TEST_CASE("message ids: what is none") {
  CHECK(is_message_id("7ZZZZZZZZZZZZZZZZZZZZZZZZZ"));
  CHECK_FALSE(is_message_id("80000000000000000000000000"));  // more than 48 bits of time
  CHECK_FALSE(is_message_id(""));
  CHECK_FALSE(is_message_id("01ARZ3NDEKTSV4RRFFQ69G5FA"));
  CHECK_FALSE(is_message_id("01ARZ3NDEKTSV4RRFFQ69G5FAVV"));
  CHECK_FALSE(is_message_id("01ARZ3NDEKTSV4RRFFQ69G5FAI"));
  CHECK_FALSE(is_message_id("01arz3ndektsv4rrffq69g5fav"));
}
