#include "engineio/http/body_reader.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using engineio::http::BodyEnd;
using engineio::http::BodyReader;

namespace {

struct Result {
  BodyEnd end;
  std::string body;
  const char* data;
};

struct Fixture {
  std::vector<Result> results;

  BodyReader reader(std::size_t limit) {
    return {limit, [this](BodyEnd end, std::span<char> body) {
              results.push_back({end, std::string(body.begin(), body.end()), body.data()});
            }};
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a body in one piece is not copied") {
  auto reader = this->reader(10);
  std::string piece = "hello";
  reader.add(piece);
  CHECK_FALSE(reader.is_done());
  reader.finish();
  CHECK(reader.is_done());
  REQUIRE(results.size() == 1);
  CHECK(results[0].end == BodyEnd::complete);
  CHECK(results[0].body == "hello");
  CHECK(results[0].data == piece.data());
}

TEST_CASE_FIXTURE(Fixture, "a body in pieces is put together") {
  auto reader = this->reader(10);
  std::string piece = "he";
  reader.add(piece);
  reader.keep();
  piece = "XX";
  std::string rest = "l";
  reader.add(rest);
  std::string last = "lo";
  reader.add(last);
  reader.keep();
  reader.finish();
  REQUIRE(results.size() == 1);
  CHECK(results[0].body == "hello");
}

TEST_CASE_FIXTURE(Fixture, "a body may be empty") {
  auto reader = this->reader(0);
  reader.keep();
  reader.finish();
  REQUIRE(results.size() == 1);
  CHECK(results[0].end == BodyEnd::complete);
  CHECK(results[0].body.empty());
}

TEST_CASE_FIXTURE(Fixture, "a body of the limit is complete") {
  auto reader = this->reader(5);
  std::string first = "hel";
  std::string second = "lo";
  reader.add(first);
  reader.keep();
  reader.add(second);
  reader.finish();
  REQUIRE(results.size() == 1);
  CHECK(results[0].end == BodyEnd::complete);
}

TEST_CASE_FIXTURE(Fixture, "one byte more is too large, at once and once only") {
  auto reader = this->reader(4);
  std::string first = "hel";
  std::string second = "lo";
  reader.add(first);
  reader.keep();
  reader.add(second);
  REQUIRE(results.size() == 1);
  CHECK(results[0].end == BodyEnd::too_large);
  CHECK(results[0].body.empty());
  reader.add(second);
  reader.finish();
  CHECK(results.size() == 1);
}
