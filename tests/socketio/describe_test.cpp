#include "socketio/describe.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

#include "socketio/codec.hpp"

using namespace socketio;

namespace described {

struct Author {
  std::string name;
  std::optional<int> age;
};
BOOST_DESCRIBE_STRUCT(Author, (), (name, age))

struct Message : Author {
  std::vector<Author> readers;
};
BOOST_DESCRIBE_STRUCT(Message, (Author), (readers))

}  // namespace described

namespace {

std::string written(const described::Message& message) {
  std::string json;
  write_json([&](Writer& writer) { write_value(writer, message); }, json);
  return json;
}

std::optional<described::Message> read(std::string json) {
  return read_as<described::Message>(Document::from_json(std::move(json)).value().root());
}

}  // namespace

TEST_CASE("structs that Boost.Describe knows are objects") {
  const std::string json = R"({"name":"Ada","age":36,"readers":[{"name":"Bob"}]})";
  const auto message = read(json);
  REQUIRE(message.has_value());
  CHECK(message->name == "Ada");
  CHECK(message->age == 36);
  CHECK(message->readers[0].name == "Bob");
  CHECK(written(*message) == json);
}

TEST_CASE("the rules for missing and unknown members are those of Fields") {
  CHECK(read(R"({"name":"Ada","readers":[],"unknown":1})").has_value());
  CHECK_FALSE(read(R"({"name":"Ada"})").has_value());
  CHECK_FALSE(read(R"({"name":1,"readers":[]})").has_value());
  CHECK_FALSE(read("[]").has_value());
}
