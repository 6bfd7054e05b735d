#pragma once

#include "apps/bench/generator/clock.hpp"
#include "apps/bench/generator/failure.hpp"
#include "apps/bench/generator/loop.hpp"

namespace bench {

/// Turns the loop until the condition holds; after ten seconds it is a Failure.
template <class Condition>
void wait_for(Loop& loop, Condition&& condition, const char* failure) {
  constexpr std::chrono::seconds patience{10};
  const Time end = Clock::now() + patience;
  while (!condition()) {
    if (Clock::now() >= end) {
      throw Failure(failure);
    }
    loop.turn(end);
  }
}

/// How long a run waits for messages that should not come.
constexpr std::chrono::milliseconds time_for_doubles{50};

}  // namespace bench
