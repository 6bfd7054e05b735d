#include "engineio/protocol/json_string.hpp"

#include <doctest/doctest.h>

using namespace engineio::protocol;

namespace {

std::string json(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string javascript(std::string_view text) {
  std::string out;
  append_javascript_string(out, text);
  return out;
}

}  // namespace

TEST_CASE("strings are escaped as JSON.stringify does it") {
  CHECK(json("") == R"("")");
  CHECK(json("a\"b\\c/d") == R"("a\"b\\c/d")");
  CHECK(json("\b\f\n\r\t") == R"("\b\f\n\r\t")");
  CHECK(json(std::string("\0\x1f\x7f", 3)) == "\"\\u0000\\u001f\x7f\"");
  CHECK(json("é€😀\u2028") == "\"é€😀\u2028\"");
}

TEST_CASE("strings in a script have no line separators") {
  CHECK(javascript("a\u2028b\u2029\u2028") == R"("a\u2028b\u2029\u2028")");
  CHECK(javascript("\"\n\u2028\\") == R"("\"\n\u2028\\")");
  CHECK(javascript("\u2027\u202a\xe2\x80") == "\"\u2027\u202a\xe2\x80\"");
}
