#include "engineio/protocol/query.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace engineio::protocol;

namespace {

std::string list(const Query& query) {
  std::string result;
  for (std::size_t i = 0; i < query.size(); ++i) {
    const auto [key, value] = query[i];
    result.append(key).append("=").append(value).append(";");
  }
  return result;
}

std::string numbered_parameters(std::size_t count) {
  std::string query;
  for (std::size_t i = 0; i < count; ++i) {
    query += "k" + std::to_string(i) + "=v&";
  }
  return query;
}

}  // namespace

TEST_CASE("a target is split into path and query") {
  const auto check = [](std::string_view target, std::string_view path, std::string_view query) {
    CHECK(split_target(target).path == path);
    CHECK(split_target(target).query == query);
  };
  check("/socket.io/?EIO=4", "/socket.io/", "EIO=4");
  check("/socket.io/", "/socket.io/", "");
  check("/?a=?b", "/", "a=?b");
  check("/a?", "/a", "");
  check("/a?b#c?d", "/a", "b");
  check("/a#b?c", "/a", "");
  check("", "", "");
}

TEST_CASE("parameters are found by their decoded keys") {
  const Query query("EI%4f=4&transport=polling&sid=&t");
  CHECK(query.get("EIO") == "4");
  CHECK(query.get("transport") == "polling");
  CHECK(query.get("sid") == "");
  CHECK(query.get("t") == "");
  CHECK(query.get("eio") == std::nullopt);
}

TEST_CASE("a repeated key keeps its first place and takes its last value") {
  CHECK(list(Query("a=1&b=2&a=3&%61=4")) == "a=4;b=2;");
}

TEST_CASE("prototype names are ordinary keys") {
  CHECK(list(Query("__proto__=1&constructor=2&toString")) ==
        "__proto__=1;constructor=2;toString=;");
}

TEST_CASE("array indices come first in ascending order, as in a JavaScript object") {
  CHECK(list(Query("b=1&10=2&a=3&9=4&0=5&01=6&4294967294=7&4294967295=8&-1=9")) ==
        "0=5;9=4;10=2;4294967294=7;b=1;a=3;01=6;4294967295=8;-1=9;");
}

TEST_CASE("the number of parameters is limited") {
  Query query(numbered_parameters(Query::max_parameters));
  CHECK(query.size() == Query::max_parameters);
  query.parse(numbered_parameters(Query::max_parameters + 1) + "k0=last");
  CHECK(query.size() == Query::max_parameters);
  CHECK(query.get("k0") == "last");
  CHECK(query.get("k" + std::to_string(Query::max_parameters)) == std::nullopt);
}

TEST_CASE("a query is a value") {
  Query query("a=1");
  const Query copy = query;
  query.parse("b=2");
  CHECK(list(copy) == "a=1;");
  CHECK(list(query) == "b=2;");
  const Query moved = std::move(query);
  CHECK(list(moved) == "b=2;");
}

TEST_CASE("query parser survives garbage") {
  std::mt19937 random(8);
  constexpr std::string_view alphabet = "ab%%%0f2=&&+\xff\xc3#?";
  Query query;
  for (int round = 0; round < 20'000; ++round) {
    std::string text(random() % 40, '\0');
    for (char& c : text) {
      c = alphabet[random() % alphabet.size()];
    }
    query.parse(text);
    for (std::size_t i = 0; i < query.size(); ++i) {
      const auto [key, value] = query[i];
      CHECK(query.get(key) == value);
    }
  }
}
