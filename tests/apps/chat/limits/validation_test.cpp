#include "apps/chat/limits/validation.hpp"

#include <doctest/doctest.h>

#include "socketio/codec.hpp"

using chat::PayloadReader;
using socketio::Document;

namespace {

Document parse(const std::string& json) {
  auto document = Document::from_json(json);
  REQUIRE(document);
  return std::move(*document);
}

/// What is wrong with `member` as a text of at most 5 characters; empty: nothing.
std::string text_problem(const std::string& json) {
  const Document document = parse(json);
  PayloadReader read(document.root());
  static_cast<void>(read.text("message", 5));
  return read.error();
}

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) {
    all += text;
  }
  return all;
}

}  // namespace

TEST_CASE("a text is a string of so many characters") {
  CHECK(text_problem(R"({"message":"12345"})").empty());
  CHECK(text_problem(R"({"message":"123456"})") ==
        "message must be shorter than or equal to 5 characters");
  CHECK(text_problem(R"({"message":")" + repeated("é", 5) + "\"}").empty());
  CHECK(text_problem(R"({"message":")" + repeated("😀", 5) + "\"}").empty());
  CHECK(text_problem(R"({"message":")" + repeated("😀", 6) + "\"}") ==
        "message must be shorter than or equal to 5 characters");
  for (const char* empty : {R"({"message":""})", R"({"message":" \t\n"})"}) {
    CHECK(text_problem(empty) == "message should not be empty");
  }
  for (const char* wrong : {"{}", R"({"message":null})", R"({"message":5})", R"({"message":["x"]})",
                            R"({"message":{"length":3}})"}) {
    CHECK(text_problem(wrong) == "message must be a string");
  }
}

TEST_CASE("a payload that is no object is wrong in itself") {
  for (const char* wrong : {"null", "5", "\"message\"", "[]"}) {
    CHECK(text_problem(wrong) == "the payload must be an object");
  }
  PayloadReader absent{socketio::ValueView()};
  CHECK(absent.error() == "the payload must be an object");
}

TEST_CASE("the first problem is the one that is told") {
  const Document document = parse(R"({"a":1,"b":""})");
  PayloadReader read(document.root());
  CHECK(read.text("a", 5).empty());
  CHECK(read.text("b", 5).empty());
  read.reject("something else");
  CHECK_FALSE(read.valid());
  CHECK(read.error() == "a must be a string");
}

TEST_CASE("members may be missing where they are optional") {
  const Document document = parse(R"({"null":null,"nonce":"n","wrong":7})");
  PayloadReader read(document.root());
  CHECK(read.optional_text("missing", 5) == std::nullopt);
  CHECK(read.optional_text("null", 5) == std::nullopt);
  CHECK(read.optional_integer("missing", 1, 100) == std::nullopt);
  CHECK(read.optional_bytes("missing", 10) == std::nullopt);
  CHECK(read.optional_text("nonce", 5) == "n");
  CHECK(read.valid());
  CHECK(read.optional_text("wrong", 5).value().empty());
  CHECK(read.error() == "wrong must be a string");
}

TEST_CASE("integers have limits") {
  const auto problem = [](const std::string& value) {
    const Document document = parse(R"({"limit":)" + value + "}");
    PayloadReader read(document.root());
    static_cast<void>(read.optional_integer("limit", 1, 100));
    return read.error();
  };
  CHECK(problem("1").empty());
  CHECK(problem("100").empty());
  CHECK(problem("0") == "limit must not be less than 1");
  CHECK(problem("101") == "limit must not be greater than 100");
  for (const char* wrong : {"1.5", "\"1\"", "true", "1e300"}) {
    CHECK(problem(wrong) == "limit must be an integer number");
  }
}

TEST_CASE("flags are true or false") {
  const Document document = parse(R"({"yes":true,"no":false,"one":1})");
  PayloadReader read(document.root());
  CHECK(read.flag("yes"));
  CHECK_FALSE(read.flag("no"));
  CHECK(read.valid());
  CHECK_FALSE(read.flag("one"));
  CHECK(read.error() == "one must be a boolean value");
}

TEST_CASE("lists of texts have so many elements, each of so many characters") {
  const auto problem = [](const std::string& value) {
    const Document document = parse(R"({"ids":)" + value + "}");
    PayloadReader read(document.root());
    static_cast<void>(read.texts("ids", 2, 3));
    return read.error();
  };
  CHECK(problem(R"(["a","abc"])").empty());
  CHECK(problem("[]") == "ids should not be empty");
  CHECK(problem(R"(["a","b","c"])") == "ids must contain no more than 2 elements");
  CHECK(problem(R"(["abcd"])") ==
        "each value in ids must be shorter than or equal to 3 characters");
  CHECK(problem("[1]") == "each value in ids must be a string");
  CHECK(problem("\"a\"") == "ids must be an array");
}

TEST_CASE("binary has so many bytes") {
  const auto problem = [](std::size_t size) {
    const std::string bytes(size, 'x');
    const Document document([&](socketio::Writer& writer) {
      writer.begin_object(1);
      writer.key("ciphertext");
      writer.binary(std::as_bytes(std::span(bytes)));
      writer.end_object();
    });
    PayloadReader read(document.root());
    const auto read_bytes = read.optional_bytes("ciphertext", 4);
    CHECK(read_bytes.has_value() == read.valid());
    return read.error();
  };
  CHECK(problem(1).empty());
  CHECK(problem(4).empty());
  CHECK(problem(0) == "ciphertext should not be empty");
  CHECK(problem(5) == "ciphertext must be of at most 4 bytes");
  const Document text = parse(R"({"ciphertext":"x"})");
  PayloadReader read(text.root());
  CHECK(read.optional_bytes("ciphertext", 4) == std::nullopt);
  CHECK(read.error() == "ciphertext must be binary");
}
