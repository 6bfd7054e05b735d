#include "socketio/parser/number_text.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <string>

using socketio::parser::append_number;
using socketio::parser::parse_number;

namespace {

std::string text_of(double value) {
  std::string text;
  append_number(text, value);
  return text;
}

}  // namespace

TEST_CASE("numbers are written as JavaScript prints them") {
  CHECK(text_of(0.0) == "0");
  CHECK(text_of(-0.0) == "0");
  CHECK(text_of(1.0) == "1");
  CHECK(text_of(-1.5) == "-1.5");
  CHECK(text_of(0.1) == "0.1");
  CHECK(text_of(1.0 / 3) == "0.3333333333333333");
  CHECK(text_of(123.456) == "123.456");
  CHECK(text_of(100) == "100");
  CHECK(text_of(1e20) == "100000000000000000000");
  CHECK(text_of(123456789012345678901.0) == "123456789012345680000");
  CHECK(text_of(999999999999999868928.0) == "999999999999999900000");
  CHECK(text_of(1e21) == "1e+21");
  CHECK(text_of(1.5e300) == "1.5e+300");
  CHECK(text_of(-1e21) == "-1e+21");
  CHECK(text_of(0.000001) == "0.000001");
  CHECK(text_of(0.00000123) == "0.00000123");
  CHECK(text_of(1e-7) == "1e-7");
  CHECK(text_of(1.25e-7) == "1.25e-7");
  CHECK(text_of(5e-324) == "5e-324");
  CHECK(text_of(std::numeric_limits<double>::max()) == "1.7976931348623157e+308");
  CHECK(text_of(9007199254740992.0) == "9007199254740992");
  CHECK(text_of(9007199254740993.0) == "9007199254740992");
  CHECK(text_of(4.35) == "4.35");
  CHECK(text_of(2e-3) == "0.002");
}

TEST_CASE("numbers are read back as the same double") {
  std::mt19937_64 random(1);  // NOLINT: the same numbers each time
  for (int i = 0; i < 20000; ++i) {
    double value;
    const std::uint64_t bits = random();
    std::memcpy(&value, &bits, sizeof value);
    if (std::isfinite(value)) {
      CHECK(parse_number(text_of(value)) == value);
    }
  }
}
