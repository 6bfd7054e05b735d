#include "engineio/function.hpp"

#include <array>
#include <memory>
#include <string>
#include <utility>

#include <doctest/doctest.h>

using engineio::Function;

namespace {

int twice(int value) { return 2 * value; }

}  // namespace

TEST_SUITE("function") {
  TEST_CASE("empty or not") {
    Function<void()> function;
    CHECK_FALSE(function);
    function = [] {};
    CHECK(function);
    function = nullptr;
    CHECK_FALSE(function);
  }

  TEST_CASE("arguments and results pass through") {
    Function<std::string(std::string, int&)> function = [](std::string text, int& counter) {
      ++counter;
      return text + "!";
    };
    int counter = 0;
    CHECK(function("hi", counter) == "hi!");
    CHECK(counter == 1);
    Function<int(int)> pointer = twice;
    CHECK(pointer(21) == 42);
  }

  TEST_CASE("arguments may be move-only, and their results ignored") {
    int seen = 0;
    Function<void(std::unique_ptr<int>)> function = [&seen](std::unique_ptr<int> value) {
      seen = *value;
      return 7;
    };
    function(std::make_unique<int>(3));
    CHECK(seen == 3);
  }

  TEST_CASE("it holds move-only callables, small and large, and destroys them once") {
    auto held = std::make_shared<int>(0);
    const auto check = [&held](Function<int()> function, int expected) {
      CHECK(held.use_count() == 2);
      CHECK(function() == expected);
      Function<int()> moved = std::move(function);
      CHECK_FALSE(function);  // NOLINT: that is the point
      CHECK(moved() == expected);
      moved = std::move(*&moved);
      CHECK(moved() == expected);
      CHECK(held.use_count() == 2);
    };
    check([held, owned = std::make_unique<int>(1)] { return *owned; }, 1);
    CHECK(held.use_count() == 1);
    check([held, large = std::array<int, 100>{{2}}] { return large[0]; }, 2);
    CHECK(held.use_count() == 1);
  }

  TEST_CASE("replacing it destroys what it held") {
    auto held = std::make_shared<int>(0);
    Function<void()> function = [held] {};
    function = [] {};
    CHECK(held.use_count() == 1);
  }

  TEST_CASE("its state changes with the calls") {
    Function<int()> counter = [count = 0]() mutable { return ++count; };
    CHECK(counter() == 1);
    CHECK(counter() == 2);
  }

  TEST_CASE("40 bytes need no allocation") {  // which the size tells
    CHECK(sizeof(Function<void()>) == 48);
  }
}
