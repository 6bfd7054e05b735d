#include "engineio/timers.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using engineio::Clock;
using engineio::Timer;
using engineio::Timers;
using namespace std::chrono_literals;

namespace {

const Clock::time_point start{1h};

struct Fixture {
  auto note(std::string name) {
    return [this, name = std::move(name)] { fired += name; };
  }

  Timers timers;
  std::string fired;
  Timer a;
  Timer b;
  Timer c;
};

}  // namespace

TEST_SUITE("timers") {
  TEST_CASE_FIXTURE(Fixture, "without timers there is no deadline and nothing to do") {
    CHECK(timers.size() == 0);
    CHECK_FALSE(timers.next_deadline());
    timers.advance(start);
  }

  TEST_CASE_FIXTURE(Fixture, "a timer fires at its deadline, not a tick earlier, and once") {
    timers.start(a, start + 300ms, note("a"));
    CHECK(timers.next_deadline() == start + 300ms);
    timers.advance(start + 300ms - Clock::duration(1));
    CHECK(fired.empty());
    CHECK(a.running());
    timers.advance(start + 300ms);
    CHECK(fired == "a");
    CHECK_FALSE(a.running());
    CHECK_FALSE(timers.next_deadline());
    timers.advance(start + 1h);
    CHECK(fired == "a");
  }

  TEST_CASE_FIXTURE(Fixture, "they fire in the order of their deadlines") {
    timers.start(c, start + 3ms, note("c"));
    timers.start(a, start + 1ms, note("a"));
    timers.start(b, start + 2ms, note("b"));
    CHECK(timers.next_deadline() == start + 1ms);
    timers.advance(start + 10ms);
    CHECK(fired == "abc");
  }

  TEST_CASE_FIXTURE(Fixture, "equal deadlines fire in the order of their starts") {
    std::deque<Timer> many(100);
    std::string expected;
    for (std::size_t i = 0; i < many.size(); ++i) {
      timers.start(many[i], start, note(std::to_string(i) + " "));
      expected += std::to_string(i) + " ";
    }
    timers.advance(start);
    CHECK(fired == expected);
  }

  TEST_CASE_FIXTURE(Fixture, "a stopped timer does not fire and gives up its callback") {
    auto held = std::make_shared<int>(0);
    timers.start(a, start, [held] {});
    CHECK(held.use_count() == 2);
    a.stop();
    CHECK(held.use_count() == 1);
    CHECK_FALSE(a.running());
    a.stop();
    timers.advance(start);
    CHECK(timers.size() == 0);
  }

  TEST_CASE_FIXTURE(Fixture, "a destroyed timer does not fire") {
    {
      Timer gone;
      timers.start(gone, start, note("gone"));
      timers.start(a, start + 1ms, note("a"));
    }
    CHECK(timers.size() == 1);
    timers.advance(start + 1ms);
    CHECK(fired == "a");
  }

  TEST_CASE("timers may outlive the heap") {
    Timer timer;
    {
      Timers timers;
      timers.start(timer, start, [] {});
    }
    CHECK_FALSE(timer.running());
  }

  TEST_CASE_FIXTURE(Fixture, "starting a running timer replaces its deadline and its callback") {
    timers.start(a, start + 1ms, note("old"));
    timers.start(b, start + 2ms, note("b"));
    timers.start(a, start + 3ms, note("new"));
    CHECK(timers.size() == 2);
    timers.advance(start + 2ms);
    CHECK(fired == "b");
    timers.advance(start + 3ms);
    CHECK(fired == "bnew");
  }

  TEST_CASE_FIXTURE(Fixture, "restarting keeps the callback, to an earlier or a later time") {
    timers.start(a, start + 5ms, note("a"));
    timers.start(b, start + 6ms, note("b"));
    timers.restart(a, start + 7ms);
    CHECK(timers.next_deadline() == start + 6ms);
    timers.restart(b, start + 8ms);
    timers.restart(b, start + 1ms);
    timers.advance(start + 1ms);
    CHECK(fired == "b");
    timers.advance(start + 7ms);
    CHECK(fired == "ba");
  }

  TEST_CASE_FIXTURE(Fixture, "what a callback starts for now runs in the next call") {
    timers.start(a, start, [this] {
      fired += "a";
      timers.start(a, start - 1h, note("again"));
      timers.start(c, start, note("c"));
    });
    timers.start(b, start, note("b"));
    timers.advance(start);
    CHECK(fired == "ab");
    timers.advance(start);
    CHECK(fired == "abagainc");
  }

  TEST_CASE_FIXTURE(Fixture, "what a callback moves to an earlier time runs in the next call") {
    timers.start(a, start, [this] { timers.restart(c, start); });
    timers.start(b, start, note("b"));
    timers.start(c, start + 1h, note("c"));
    timers.advance(start);
    CHECK(fired == "b");
    timers.advance(start);
    CHECK(fired == "bc");
  }

  TEST_CASE_FIXTURE(Fixture, "a callback may stop others that are due") {
    timers.start(a, start, [this] { b.stop(); });
    timers.start(b, start, note("b"));
    timers.start(c, start, note("c"));
    timers.advance(start);
    CHECK(fired == "c");
  }

  TEST_CASE_FIXTURE(Fixture, "a callback may destroy its own timer") {
    auto owner = std::make_unique<Timer>();
    timers.start(*owner, start, [this, &owner] {
      owner.reset();
      fired += "gone";
    });
    timers.advance(start);
    CHECK(fired == "gone");
    CHECK(timers.size() == 0);
  }

  TEST_CASE_FIXTURE(Fixture, "a task for a time runs once, and then is gone") {
    auto held = std::make_shared<int>(0);
    timers.run_at(start + 1ms, [held, this] {
      fired += "task";
      timers.run_at(start, note(" next"));
    });
    timers.advance(start);
    CHECK(fired.empty());
    timers.advance(start + 1ms);
    CHECK(fired == "task");
    CHECK(held.use_count() == 1);
    timers.advance(start + 1ms);
    CHECK(fired == "task next");
    CHECK(timers.size() == 0);
  }

  TEST_CASE("a task for a time that never comes is destroyed with the heap") {
    auto held = std::make_shared<int>(0);
    {
      Timers timers;
      timers.run_at(start, [held] {});
    }
    CHECK(held.use_count() == 1);
  }

  TEST_CASE("any mixture of starts, restarts and stops keeps the order") {
    std::mt19937 random(42);
    Timers timers;
    std::deque<Timer> all(500);
    std::vector<std::size_t> fired;
    std::vector<std::pair<Clock::time_point, std::size_t>> last(all.size());
    std::size_t order = 0;
    for (int step = 0; step < 5000; ++step) {
      const std::size_t i = random() % all.size();
      const auto deadline = start + std::chrono::milliseconds(random() % 200);
      if (random() % 4 == 0) {
        all[i].stop();
      } else if (all[i].running() && random() % 2 == 0) {
        timers.restart(all[i], deadline);
        last[i] = {deadline, order++};
      } else {
        timers.start(all[i], deadline, [&fired, i] { fired.push_back(i); });
        last[i] = {deadline, order++};
      }
    }
    std::vector<std::size_t> running;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].running()) {
        running.push_back(i);
      }
    }
    std::sort(running.begin(), running.end(),
              [&](std::size_t left, std::size_t right) { return last[left] < last[right]; });
    REQUIRE(timers.size() == running.size());
    for (int ms = 0; ms < 200; ++ms) {
      timers.advance(start + std::chrono::milliseconds(ms));
    }
    CHECK(fired == running);
  }
}
