#include "adapters/redis/blocking_commands.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using adapters::redis::blocking_time;

TEST_CASE("blocking commands: how long they may block") {
  CHECK(blocking_time({"XREAD", "COUNT", "1", "BLOCK", "5000", "STREAMS", "s", "$"}) == 5s);
  CHECK(blocking_time({"XREAD", "block", "1", "STREAMS", "s", "$"}) == 1ms);
  CHECK(blocking_time({"XREAD", "STREAMS", "s", "$"}) == 0ms);
  // As long as it takes.
  CHECK(blocking_time({"XREAD", "BLOCK", "0", "STREAMS", "s", "$"}) > 24h);
  CHECK(blocking_time({"XREAD", "BLOCK", "99999999999999999999", "STREAMS", "s", "$"}) > 24h);
  CHECK(blocking_time({"XREAD", "BLOCK"}) == 0ms);
}
