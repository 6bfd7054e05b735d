#include "engineio/websocket/extensions.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace engineio::websocket;

namespace {

/// The parsed header in one normal form, or "invalid".
std::string parse(std::string_view header) {
  const auto offers = parse_extensions(header);
  if (!offers) {
    return "invalid";
  }
  std::string text;
  for (const auto& offer : *offers) {
    text.append(text.empty() ? "" : ",").append(offer.name);
    for (const auto& parameter : offer.parameters) {
      text.append(";").append(parameter.name);
      text += parameter.value ? "=" + *parameter.value : "";
    }
  }
  return text;
}

}  // namespace

TEST_CASE("extension offers are parsed") {
  CHECK(parse("foo") == "foo");
  CHECK(parse("foo;bar;baz") == "foo;bar;baz");
  CHECK(parse("foo; bar=1 ;\tbaz=2, qux , foo") == "foo;bar=1;baz=2,qux,foo");
  CHECK(parse(R"(foo;bar="1")") == "foo;bar=1");
  CHECK(parse(R"(foo;bar="\1\5";b="a\-c")") == "foo;bar=15;b=a-c");
}

TEST_CASE("prototype names are ordinary names") {
  CHECK(parse("__proto__;constructor=toString, hasOwnProperty") ==
        "__proto__;constructor=toString,hasOwnProperty");
}

TEST_CASE("malformed offers are refused") {
  for (const char* header : {"",
                             " ",
                             ",",
                             ";",
                             "foo,",
                             "foo;",
                             "foo;,bar",
                             "foo;bar=",
                             "foo;bar=;baz",
                             "foo;=1",
                             "foo bar",
                             "foo;bar baz",
                             "foo;bar=1 2",
                             "foo;bar =1",
                             "foo;bar= 1",
                             "foo=1",
                             "f\xffoo",
                             R"(foo;bar=")",
                             R"(foo;bar="")",
                             R"(foo;bar="1)",
                             R"(foo;bar="1\")",
                             R"(foo;bar="1 2")",
                             R"(foo;bar="1"2)",
                             R"(foo;bar=1"2")",
                             R"(foo;bar="\ ")"}) {
    CAPTURE(header);
    CHECK(parse(header) == "invalid");
  }
}

TEST_CASE("extension parser survives garbage") {
  std::mt19937 random(11);
  constexpr std::string_view alphabet = "ab;;,,==\"\\ \t1";
  int valid = 0;
  for (int round = 0; round < 50'000; ++round) {
    std::string header(random() % 16, '\0');
    for (char& c : header) {
      c = alphabet[random() % alphabet.size()];
    }
    const std::string parsed = parse(header);
    if (parsed != "invalid") {
      CHECK(parse(parsed) == parsed);
      ++valid;
    }
  }
  CHECK(valid > 0);
}
