#include "engineio/websocket/message_compression.hpp"

#include <doctest/doctest.h>

using namespace engineio::websocket;

namespace {

const DeflateParameters no_takeover{true, true, 15, 15};
const DeflateParameters takeover{false, false, 15, 15};

}  // namespace

TEST_CASE("without takeover the threshold counts, at it and one below it") {
  SharedDeflate shared;
  MessageCompression compression(no_takeover, shared);
  std::string out;
  CHECK_FALSE(compression.compress(std::string(1023, 'x'), out));
  CHECK(out.empty());
  CHECK(compression.compress(std::string(1024, 'x'), out));
  CHECK_FALSE(out.empty());
}

TEST_CASE("with takeover short messages are compressed too, as in ws") {
  SharedDeflate shared;
  MessageCompression compression(takeover, shared);
  std::string out;
  CHECK(compression.compress("x", out));
}

TEST_CASE("connections without takeover share their state and get the same bytes") {
  SharedDeflate shared({.threshold = 1});
  MessageCompression first(no_takeover, shared);
  MessageCompression second(no_takeover, shared);
  std::string out_of_first;
  std::string out_of_second;
  REQUIRE(first.compress("hello hello", out_of_first));
  REQUIRE(second.compress("hello hello", out_of_second));
  CHECK(out_of_first == out_of_second);
  std::string message;
  CHECK(second.decompress(out_of_first, 11, message) == InflateResult::ok);
  CHECK(message == "hello hello");
}

TEST_CASE("connections with takeover do not disturb each other") {
  SharedDeflate shared;
  MessageCompression first(takeover, shared);
  MessageCompression second(takeover, shared);
  for (MessageCompression* connection : {&first, &second, &first, &first, &second}) {
    std::string data;
    REQUIRE(connection->compress("hello hello", data));
    std::string message;
    CHECK(connection->decompress(data, 100, message) == InflateResult::ok);
    CHECK(message == "hello hello");
  }
}

TEST_CASE("the limit of a message counts after inflation") {
  SharedDeflate shared({.threshold = 0});
  for (const auto& parameters : {no_takeover, takeover}) {
    MessageCompression compression(parameters, shared);
    std::string data;
    REQUIRE(compression.compress(std::string(1001, 'x'), data));
    std::string message;
    CHECK(compression.decompress(data, 1000, message) == InflateResult::too_big);
  }
}
