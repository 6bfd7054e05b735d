#include "socketio/date.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace socketio;
using namespace std::chrono;

namespace {

constexpr Date example{milliseconds(1700000000123)};

}  // namespace

TEST_CASE("dates are written as toISOString does") {
  CHECK(format_date(example) == "2023-11-14T22:13:20.123Z");
  CHECK(format_date(Date(milliseconds(0))) == "1970-01-01T00:00:00.000Z");
  CHECK(format_date(Date(milliseconds(-1))) == "1969-12-31T23:59:59.999Z");
  CHECK(format_date(sys_days(year(0) / 1 / 1)) == "0000-01-01T00:00:00.000Z");
  CHECK(format_date(sys_days(year(-1) / 12 / 31)) == "-000001-12-31T00:00:00.000Z");
  CHECK(format_date(sys_days(year(12345) / 2 / 3)) == "+012345-02-03T00:00:00.000Z");
  CHECK(format_date(max_date) == "+032767-12-31T23:59:59.999Z");
  CHECK(format_date(min_date) == "-032767-01-01T00:00:00.000Z");
}

TEST_CASE("dates are read as they are written") {
  for (const Date date : {example, Date(milliseconds(-1)), min_date, max_date}) {
    CHECK(parse_date(format_date(date)) == date);
  }
}

TEST_CASE("other precisions and offsets are read") {
  CHECK(parse_date("2023-11-14") == Date(sys_days(year(2023) / 11 / 14)));
  CHECK(parse_date("2023-11-14T22:13Z") == Date(sys_days(year(2023) / 11 / 14)) + 22h + 13min);
  CHECK(parse_date("2023-11-14T22:13:20Z") == floor<seconds>(example));
  CHECK(parse_date("2023-11-14T22:13:20.1Z") == floor<seconds>(example) + 100ms);
  CHECK(parse_date("2023-11-14T22:13:20.123999Z") == example);
  CHECK(parse_date("2023-11-15T00:13:20.123+02:00") == example);
  CHECK(parse_date("2023-11-14T17:43:20.123-04:30") == example);
}

TEST_CASE("anything else is no date") {
  for (const char* text :
       {"", "now", "2023", "2023-11", "2023-11-14T", "2023-11-14T22:13:20.123", "2023-13-01",
        "2023-02-29", "2023-11-14T24:00Z", "2023-11-14T22:60Z", "2023-11-14T22:13:60Z",
        "2023-11-14T22:13:20.Z", "2023-11-14T22:13:20.123Zx", "2023-11-14T22:13:20.123+2:00",
        "2023-11-14 22:13:20Z", " 2023-11-14", "+032768-01-01", "+999999-01-01", "23-11-14"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_date(text));
  }
  CHECK(parse_date("2024-02-29"));
}
