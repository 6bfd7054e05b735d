#include "engineio/net/loop.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

using engineio::Clock;
using engineio::Limits;
using engineio::Timer;
using engineio::net::Loop;
using namespace std::chrono_literals;

namespace {

struct Work final : engineio::TurnEndWork {
  explicit Work(std::function<void()> its_task) : task(std::move(its_task)) {}
  void at_turn_end() override { task(); }
  std::function<void()> task;
};

/// Runs a loop to its end on this thread.
void run(Loop& loop) {
  loop.run();
  loop.finish();
}

}  // namespace

TEST_SUITE("net loop") {
  TEST_CASE("a turn: tasks, work at its end, the flush, tasks after it") {
    Loop loop(0, Limits());
    std::string order;
    Work work([&] { order += "work "; });
    Work flush([&] { order += "flush "; });
    loop.set_flush(flush);
    loop.post([&] {
      order.clear();
      loop.after_turn([&] {
        order += "after ";
        loop.stop();
      });
      loop.at_turn_end(work);
      order += "task ";
    });
    loop.run();
    CHECK(order == "task work flush after ");
    loop.finish();
  }

  TEST_CASE("work asked for by the flush and after the turn still runs in it") {
    Loop loop(0, Limits());
    std::string order;
    bool asked = false;
    Work work([&] { order += "work "; });
    Work flush([&] {
      if (asked) {
        asked = false;
        loop.at_turn_end(work);
        loop.after_turn([&] {
          order += "after ";
          loop.at_turn_end(work);
          loop.after_turn([&] { order += "after that "; });
        });
      }
    });
    loop.set_flush(flush);
    loop.post([&] {
      asked = true;
      loop.stop();
    });
    loop.run();
    CHECK(order == "work after work after that ");
    loop.finish();
  }

  TEST_CASE("withdrawn work does not run") {
    Loop loop(0, Limits());
    bool ran = false;
    {
      Work work([&] { ran = true; });
      loop.at_turn_end(work);
      loop.withdraw(work);
    }
    loop.post([&] { loop.stop(); });
    run(loop);
    CHECK_FALSE(ran);
  }

  TEST_CASE("time stands still during a turn") {
    Loop loop(0, Limits());
    bool same = false;
    loop.post([&] {
      const auto before = loop.now();
      const auto later = Clock::now() + 2ms;
      while (Clock::now() < later) {
      }
      same = loop.now() == before;
      loop.stop();
    });
    run(loop);
    CHECK(same);
    const auto before = Clock::now();
    CHECK(loop.now() >= before);  // outside of run() it is the clock's
  }

  TEST_CASE("the thread: whose the loop is before, during and after run()") {
    Loop loop(3, Limits());
    CHECK(loop.index() == 3);
    CHECK_FALSE(loop.is_current());  // or this thread would be in the way of the one that runs it
    std::promise<bool> inside;
    std::jthread thread([&] {
      loop.post([&] { inside.set_value(loop.is_current()); });
      run(loop);
    });
    CHECK(inside.get_future().get());
    CHECK_FALSE(loop.is_current());
    loop.stop();
    thread.join();
    loop.belong_to_this_thread();
    CHECK(loop.is_current());
  }

  TEST_CASE("posts of one thread run in order, from many threads at once") {
    constexpr std::size_t threads = 4;
    constexpr int posts = 2000;
    Loop loop(0, Limits());
    std::vector<std::vector<int>> ran(threads);
    std::size_t count = 0;
    std::vector<std::jthread> posters;
    for (std::size_t thread = 0; thread < threads; ++thread) {
      posters.emplace_back([&, thread] {
        for (int i = 0; i < posts; ++i) {
          loop.post([&, thread, i] {
            ran[thread].push_back(i);
            if (++count == threads * posts) {
              loop.stop();
            }
          });
        }
      });
    }
    run(loop);
    for (const auto& order : ran) {
      CHECK(order.size() == posts);
      CHECK(std::is_sorted(order.begin(), order.end()));
    }
  }

  TEST_CASE("a full mailbox refuses posts, but nothing essential") {
    Limits limits;
    limits.mailbox_tasks = 2;
    Loop loop(0, limits);
    auto held = std::make_shared<int>(0);
    int ran = 0;
    CHECK(loop.post([&] { ++ran; }));
    CHECK(loop.post([&] { ++ran; }));
    CHECK_FALSE(loop.post([held, &ran] { ++ran; }));
    CHECK(held.use_count() == 1);
    CHECK(loop.post_essential([&] { loop.stop(); }));
    run(loop);
    CHECK(ran == 2);
  }

  TEST_CASE("a loop that has stopped refuses posts and destroys what waited") {
    Loop loop(0, Limits());
    auto held = std::make_shared<int>(0);
    loop.post([&loop, held] {
      loop.post([held] {});
      loop.stop();
    });
    run(loop);
    CHECK(held.use_count() == 1);
    CHECK_FALSE(loop.post([held] {}));
    CHECK_FALSE(loop.post_essential([held] {}));
    CHECK(held.use_count() == 1);
  }

  TEST_CASE("a loop stopped before it runs does nothing") {
    Loop loop(0, Limits());
    loop.stop();
    run(loop);
  }

  TEST_CASE("a timer never fires early, and on time") {
    Clock::duration least = 1h;
    for (int i = 0; i < 5; ++i) {  // the machine may have something else to do
      Loop loop(0, Limits());
      Timer timer;
      Clock::duration late = -1h;
      const auto deadline = Clock::now() + 60ms;
      loop.timers().start(timer, deadline, [&] {
        late = Clock::now() - deadline;
        loop.stop();
      });
      run(loop);
      CHECK(late >= 0ms);
      least = std::min(least, late);
    }
    CHECK(least < 100ms);
  }

  TEST_CASE("many timers, started in any order, all fire at their time and not before") {
    Loop loop(0, Limits());
    std::vector<std::unique_ptr<Timer>> timers;
    std::size_t early = 0;
    std::size_t fired = 0;
    const auto begin = Clock::now();
    for (int i = 0; i < 200; ++i) {
      const auto deadline = begin + std::chrono::microseconds((i * 7919) % 60'000);
      timers.push_back(std::make_unique<Timer>());
      loop.timers().start(*timers.back(), deadline, [&, deadline] {
        early += Clock::now() < deadline ? 1 : 0;
        if (++fired == 200) {
          loop.stop();
        }
      });
    }
    run(loop);
    CHECK(fired == 200);
    CHECK(early == 0);
  }

  TEST_CASE("a timer put off is not missed, one moved forward is not late") {
    Loop loop(0, Limits());
    Timer first;
    Timer second;
    std::string order;
    loop.timers().start(first, Clock::now() + 20ms, [&] {
      order += "first ";
      loop.stop();
    });
    loop.post([&] {  // the loop sleeps until `first` now
      loop.timers().restart(first, Clock::now() + 40ms);
      loop.timers().start(second, Clock::now() + 5ms, [&] { order += "second "; });
    });
    run(loop);
    CHECK(order == "second first ");
  }

  TEST_CASE("what asks for a flush after the flush gets the next turn at once") {
    Loop loop(0, Limits());
    int flushes = 0;
    Work flush([&] {
      if (++flushes < 100) {
        loop.flush_needed();
      } else {
        loop.stop();
      }
    });
    loop.set_flush(flush);
    loop.post([] {});
    run(loop);
    CHECK(flushes >= 100);
  }

  TEST_CASE("a loop that sleeps is woken by a post") {
    Loop loop(0, Limits());
    std::jthread thread([&] { run(loop); });
    for (int i = 0; i < 100; ++i) {
      std::promise<void> ran;
      CHECK(loop.post([&] { ran.set_value(); }));
      CHECK(ran.get_future().wait_for(20s) == std::future_status::ready);
    }
    loop.stop();
  }
}
