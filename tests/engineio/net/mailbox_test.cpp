#include "engineio/net/mailbox.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

using engineio::net::Mailbox;
using Put = Mailbox::Put;

TEST_SUITE("net mailbox") {
  TEST_CASE("only the first task has to wake the shard") {
    Mailbox mailbox({.tasks = 10, .bytes = 1});
    CHECK(mailbox.put([] {}) == Put::first);
    CHECK(mailbox.put([] {}) == Put::waiting);
    CHECK(mailbox.run() == 2);
    CHECK(mailbox.put([] {}) == Put::first);
  }

  TEST_CASE("tasks run in order, and what they put runs in the next round") {
    Mailbox mailbox({.tasks = 10, .bytes = 1});
    std::string ran;
    CHECK(mailbox.put([&] {
      ran += "a";
      CHECK(mailbox.put([&] { ran += "c"; }) == Put::first);
    }) == Put::first);
    CHECK(mailbox.put([&] { ran += "b"; }) == Put::waiting);
    CHECK(mailbox.run() == 2);
    CHECK(ran == "ab");
    CHECK(mailbox.run() == 1);
    CHECK(ran == "abc");
    CHECK(mailbox.run() == 0);
  }

  TEST_CASE("it is full at its capacity, and has room again when the tasks are taken") {
    Mailbox mailbox({.tasks = 2, .bytes = 1});
    auto held = std::make_shared<int>(0);
    CHECK(mailbox.put([] {}) == Put::first);
    CHECK(mailbox.put([] {}) == Put::waiting);
    CHECK(mailbox.put([held] {}) == Put::refused);
    CHECK(held.use_count() == 1);
    CHECK(mailbox.put_over_capacity([] {}) == Put::waiting);
    CHECK(mailbox.run() == 3);
    CHECK(mailbox.put([] {}) == Put::first);
  }

  TEST_CASE("it is full when as many bytes wait as it may hold, but for tasks that bring none") {
    Mailbox mailbox({.tasks = 10, .bytes = 100});
    auto held = std::make_shared<int>(0);
    CHECK(mailbox.put([] {}, 99) == Put::first);
    CHECK(mailbox.put([] {}, 1) == Put::waiting);
    CHECK(mailbox.put([held] {}, 1) == Put::refused);
    CHECK(held.use_count() == 1);
    CHECK(mailbox.put([] {}) == Put::waiting);
    CHECK(mailbox.put_over_capacity([] {}) == Put::waiting);
    CHECK(mailbox.run() == 4);
    CHECK(mailbox.put([] {}, 1'000) == Put::first);
    CHECK(mailbox.put([] {}, 1) == Put::refused);
  }

  TEST_CASE("closing destroys what waits and refuses the rest") {
    Mailbox mailbox({.tasks = 10, .bytes = 1});
    auto held = std::make_shared<int>(0);
    CHECK(mailbox.put([held] {}) == Put::first);
    mailbox.close();
    CHECK(held.use_count() == 1);
    CHECK(mailbox.put([] {}) == Put::refused);
    CHECK(mailbox.put_over_capacity([] {}) == Put::refused);
    CHECK(mailbox.run() == 0);
  }

  TEST_CASE("a task that is destroyed unrun may put another") {
    Mailbox mailbox({.tasks = 10, .bytes = 1});
    struct PutsWhenDestroyed {
      explicit PutsWhenDestroyed(Mailbox& its_mailbox) : mailbox(its_mailbox) {}
      ~PutsWhenDestroyed() {
        static_cast<void>(mailbox.put([] {}));
      }
      Mailbox& mailbox;
    };
    CHECK(mailbox.put([putter = std::make_unique<PutsWhenDestroyed>(mailbox)] {}) == Put::first);
    mailbox.close();
  }

  TEST_CASE("the order of each thread is kept") {
    constexpr int threads = 4;
    constexpr int tasks = 2000;
    Mailbox mailbox({.tasks = threads * tasks, .bytes = 1});
    std::vector<std::vector<int>> ran(threads);
    {
      std::vector<std::jthread> posters;
      for (std::size_t thread = 0; thread < threads; ++thread) {
        posters.emplace_back([&, thread] {
          for (int task = 0; task < tasks; ++task) {
            static_cast<void>(mailbox.put([&ran, thread, task] { ran[thread].push_back(task); }));
          }
        });
      }
      for (std::size_t count = 0; count < threads * tasks;) {
        count += mailbox.run();
      }
    }
    for (const auto& order : ran) {
      REQUIRE(order.size() == tasks);
      CHECK(std::is_sorted(order.begin(), order.end()));
    }
  }
}
