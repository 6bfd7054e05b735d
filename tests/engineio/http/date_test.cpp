#include "engineio/http/date.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

using engineio::http::DateClock;
using namespace std::chrono_literals;

namespace {

using TimePoint = DateClock::WallClock::time_point;

std::string date_at(std::chrono::seconds since_1970) {
  return std::string(DateClock([=] { return TimePoint(since_1970); }).text());
}

}  // namespace

TEST_CASE("dates are written as RFC 9110 demands") {
  CHECK(date_at(784111777s) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(date_at(0s) == "Thu, 01 Jan 1970 00:00:00 GMT");
  CHECK(date_at(951827696s) == "Tue, 29 Feb 2000 12:34:56 GMT");
  CHECK(date_at(4102444799s) == "Thu, 31 Dec 2099 23:59:59 GMT");
}

TEST_CASE("the text changes with the second") {
  TimePoint now(784111777s + 999ms);
  DateClock clock([&] { return now; });
  CHECK(clock.text() == "Sun, 06 Nov 1994 08:49:37 GMT");
  now += 1ms;
  CHECK(clock.text() == "Sun, 06 Nov 1994 08:49:38 GMT");
  now -= 1h;  // a wall clock may be set back
  CHECK(clock.text() == "Sun, 06 Nov 1994 07:49:38 GMT");
}
