#include "engineio/protocol/jsonp.hpp"

#include <doctest/doctest.h>

#include <string>

#include "engineio/protocol/query.hpp"
#include "tests/support/vectors.hpp"

using namespace engineio::protocol;

namespace {

std::string wrap(std::string_view j, std::string_view payload) {
  std::string out;
  append_jsonp(out, j, payload);
  return out;
}

/// The parameter j of a request, given as raw HTTP.
std::string parameter_j(const std::string& request) {
  const auto begin = request.find(' ') + 1;
  const std::string target = request.substr(begin, request.find(' ', begin) - begin);
  return std::string(Query(split_target(target).query).get("j").value());
}

}  // namespace

TEST_CASE("JSONP answers look as the official server writes them") {
  int checked = 0;
  tests::for_each_vector("engineio_v3.json", "http", [&](const auto& vector) {
    const auto& response = vector["response"];
    if (!response.HasMember("text") || !tests::string_of(response, "text").starts_with("___eio")) {
      return;
    }
    const std::string text = tests::string_of(response, "text");
    rapidjson::Document payload;
    const std::string literal = text.substr(text.find('('), std::string::npos);
    payload.Parse(literal.data() + 1, literal.size() - 3);
    REQUIRE(payload.IsString());
    CHECK(wrap(parameter_j(tests::string_of(vector, "request")),
               {payload.GetString(), payload.GetStringLength()}) == text);
    ++checked;
  });
  CHECK(checked > 0);
}

TEST_CASE("only digits of the callback name are used") {
  CHECK(wrap("1);alert(1", "x") == R"(___eio[11]("x");)");
  CHECK(wrap("", "x") == R"(___eio[]("x");)");
}

TEST_CASE("the payload cannot leave its string") {
  CHECK(wrap("0", "\"</script>\\\u2028\n") == R"(___eio[0]("\"</script>\\\u2028\n");)");
}

TEST_CASE("the body of a JSONP POST is the field d") {
  CHECK(decode_jsonp_body("d=8%3A42%5B%22hi%22%5D") == R"(8:42["hi"])");
  CHECK(decode_jsonp_body("a=b&d=1%3A2&c") == "1:2");
  CHECK(decode_jsonp_body("d=") == "");
  CHECK(decode_jsonp_body("") == std::nullopt);
  CHECK(decode_jsonp_body("e=1") == std::nullopt);
  CHECK(decode_jsonp_body("d=1&d=2") == std::nullopt);
}

TEST_CASE("newlines in the body of a JSONP POST arrive escaped") {
  CHECK(decode_jsonp_body(R"(d=n\n\\n\\\n\x\)") == "n\n\\n\\\\n\\x\\");
  CHECK(decode_jsonp_body("d=13%3A42%5B%22hi%22%2C%22%5C%5Cn%22%5D") == R"(13:42["hi","\n"])");
}
