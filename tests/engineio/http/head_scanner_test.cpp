#include "engineio/http/head_scanner.hpp"

#include <doctest/doctest.h>

#include <string>

using engineio::Limits;
using engineio::http::HeadScanner;
using Result = engineio::http::HeadScanner::Result;

namespace {

Limits limits_of(std::size_t bytes, std::size_t fields) {
  Limits limits;
  limits.http_head_bytes = bytes;
  limits.http_header_fields = fields;
  return limits;
}

/// The result for `bytes`, which must be the same when they come one by one.
Result scan(const std::string& bytes, const Limits& limits = {}) {
  HeadScanner whole;
  const auto result = whole.scan(bytes, limits);
  HeadScanner split;
  auto split_result = Result::need_more;
  std::size_t size = 0;
  while (size < bytes.size() && split_result == Result::need_more) {
    split_result = split.scan(std::string(bytes, 0, ++size), limits);
  }
  CHECK(split_result == result);
  CHECK(split.head_size() == whole.head_size());
  return result;
}

}  // namespace

TEST_CASE("the end of a head is found") {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  CHECK(scan(head) == Result::complete);
  HeadScanner scanner;
  CHECK(scanner.scan(head + "body\r\n\r\n", {}) == Result::complete);
  CHECK(scanner.head_size() == head.size());
  scanner.reset();
  CHECK(scanner.scan("GET / HTTP/1.1\r\n\r\n", {}) == Result::complete);
  CHECK(scanner.head_size() == 18);
}

TEST_CASE("an unfinished head needs more") {
  CHECK(scan("G") == Result::need_more);
  CHECK(scan("GET / HTTP/1.1\r\nHost: a\r\n\r") == Result::need_more);
}

TEST_CASE("lines end in CRLF") {
  CHECK(scan("GET / HTTP/1.1\n") == Result::malformed);
  CHECK(scan("GET / HTTP/1.1\r\nHost: a\n") == Result::malformed);
  CHECK(scan("GET / HTTP/1.1\r\nHost: a\r\n\n") == Result::malformed);
}

TEST_CASE("a folded field is malformed") {
  CHECK(scan("GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n") == Result::malformed);
  CHECK(scan("GET / HTTP/1.1\r\nA: b\r\n\tc\r\n\r\n") == Result::malformed);
  CHECK(scan("GET / HTTP/1.1\r\n Host: a\r\n\r\n") == Result::malformed);
}

TEST_CASE("what is not HTTP is refused at its first byte") {
  CHECK(scan("\x16\x03\x01") == Result::malformed);
  CHECK(scan("get") == Result::malformed);
  CHECK(scan(" ") == Result::malformed);
  CHECK(scan(std::string(1, '\0')) == Result::malformed);
}

TEST_CASE("the head's size is limited") {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  CHECK(scan(head, limits_of(head.size(), 10)) == Result::complete);
  CHECK(scan(head, limits_of(head.size() - 1, 10)) == Result::too_large);
  const std::string line = "GET / HTTP/1.1\r\n";
  CHECK(scan(line + "\r\n", limits_of(line.size(), 10)) == Result::too_large);
  CHECK(scan(line + "\r\n", limits_of(line.size() - 1, 10)) == Result::request_line_too_long);
  CHECK(scan("GET /" + std::string(100, 'a'), limits_of(20, 10)) == Result::request_line_too_long);
}

TEST_CASE("the number of fields is limited") {
  const std::string two = "GET / HTTP/1.1\r\nA: 1\r\nB: 2\r\n\r\n";
  CHECK(scan(two, limits_of(1000, 2)) == Result::complete);
  CHECK(scan(two, limits_of(1000, 1)) == Result::too_large);
}
