#include "socketio/value_view.hpp"

#include <doctest/doctest.h>

#include <string>

#include "socketio/codec.hpp"
#include "tests/socketio/notation.hpp"

using namespace socketio;

namespace {

Document json(std::string text) {
  auto document = Document::from_json(std::move(text));
  REQUIRE(document.has_value());
  return std::move(*document);
}

}  // namespace

TEST_CASE("an absent view reads as null") {
  const ValueView view;
  CHECK_FALSE(view.exists());
  CHECK(view.is_null());
  CHECK(view.is_undefined());
  CHECK(view.size() == 0);
  CHECK_FALSE(view.as_bool());
  CHECK_FALSE(view.as_int64());
  CHECK_FALSE(view.as_uint64());
  CHECK_FALSE(view.as_double());
  CHECK_FALSE(view.as_string());
  CHECK_FALSE(view.as_binary());
  CHECK_FALSE(view[0].exists());
  CHECK_FALSE(view["a"].exists());
  CHECK(view.elements().begin() == view.elements().end());
  CHECK(view.members().begin() == view.members().end());
  CHECK(view.to_value().is_null());
}

TEST_CASE("elements and members are found") {
  const Document document = json(R"([1,[2,[3]],{"a":{"b":4},"c":5},"x"])");
  const ValueView view = document.root();
  CHECK(view.size() == 4);
  CHECK(view[0].as_int64() == 1);
  CHECK(view[1][1][0].as_int64() == 3);
  CHECK(view[2]["a"]["b"].as_int64() == 4);
  CHECK(view[2]["c"].as_int64() == 5);
  CHECK(view[3].as_string() == "x");
  CHECK_FALSE(view[4].exists());
  CHECK_FALSE(view[2]["d"].exists());
  CHECK_FALSE(view["a"].exists());
  CHECK_FALSE(view[2][0].exists());
}

TEST_CASE("elements and members are in order") {
  const Document document = json(R"([{"a":[1,2],"b":{},"a":3},[],null])");
  std::string seen;
  for (const auto& [key, value] : document.root()[0].members()) {
    seen += std::string(key) + std::to_string(value.size());
  }
  CHECK(seen == "a2b0a0");
  int nulls = 0;
  for (const ValueView element : document.root().elements()) {
    nulls += element.is_null() ? 1 : 0;
  }
  CHECK(nulls == 1);
  CHECK(document.root()[0]["a"].as_int64() == 3);
}

TEST_CASE("a document keeps its values when it moves") {
  Document document = json(R"("short")");
  const ValueView view = document.root();
  const Document moved = std::move(document);
  CHECK(moved.root().as_string() == "short");
  CHECK(view.as_string() == "short");
}

TEST_CASE("a document copies what is written to it") {
  const Value value = Array{1,
                            "x",
                            Binary(std::string("y")),
                            Object{{"a", Array{nullptr, 2.5}}},
                            true,
                            18446744073709551615U};
  const Document document([&](Writer& writer) { value.write_to(writer); });
  CHECK(document.root().to_value() == value);
  CHECK(Document(document.root()[3]).root().to_value() == value[3]);
  CHECK(Document().root().is_null());
  CHECK(Document().root().exists());
}

TEST_CASE("documents are not made from what is malformed") {
  CHECK_FALSE(Document::from_json("[").has_value());
  CHECK_FALSE(Document::from_json("[[]]", 1).has_value());
  CHECK_FALSE(Document::from_msgpack("\x91", MsgpackDialect::notepack3).has_value());
  CHECK(Document::from_msgpack("\x91\x01", MsgpackDialect::notepack3)->root()[0].as_int64() == 1);
}

TEST_CASE("undefined is written as such where the format knows it") {
  const std::string bytes("\x92\xd4\x00\x00\x81\xa1k\xd4\x00\x00", 10);
  const auto document = Document::from_msgpack(bytes, MsgpackDialect::notepack2);
  REQUIRE(document.has_value());
  const auto write = [&](Writer& writer) { document->root().write_to(writer); };
  std::string notepack;
  write_msgpack(write, MsgpackDialect::notepack2, notepack);
  CHECK(notepack == bytes);
  std::string json;
  write_json(write, json);
  CHECK(json == R"([null,{"k":null}])");
}
