#include "engineio/net/turn_end.hpp"

#include <functional>
#include <string>

#include <doctest/doctest.h>

using engineio::TurnEnd;

namespace {

struct Work final : engineio::TurnEndWork {
  explicit Work(std::function<void()> its_task) : task(std::move(its_task)) {}
  void at_turn_end() override { task(); }
  std::function<void()> task;
};

}  // namespace

TEST_SUITE("net turn end") {
  TEST_CASE("work runs once, however often it was asked for, in the order of the first time") {
    TurnEnd end;
    std::string ran;
    Work a([&] { ran += "a"; });
    Work b([&] { ran += "b"; });
    CHECK(end.empty());
    end.add(b);
    end.add(a);
    end.add(b);
    CHECK_FALSE(end.empty());
    end.run();
    CHECK(ran == "ba");
    CHECK(end.empty());
    end.run();
    CHECK(ran == "ba");
  }

  TEST_CASE("work that work asks for runs too, even the same") {
    TurnEnd end;
    int runs = 0;
    Work* self = nullptr;
    Work again([&] {
      if (++runs < 3) {
        end.add(*self);
      }
    });
    self = &again;
    end.add(again);
    end.run();
    CHECK(runs == 3);
  }

  TEST_CASE("withdrawn work does not run, and may be asked for again") {
    TurnEnd end;
    std::string ran;
    Work a([&] { ran += "a"; });
    Work b([&] {
      ran += "b";
      end.withdraw(a);
    });
    end.add(b);
    end.add(a);
    end.run();
    CHECK(ran == "b");
    end.withdraw(a);
    end.add(a);
    end.run();
    CHECK(ran == "ba");
  }
}
