#include "apps/chat/auth/find_token.hpp"

#include <doctest/doctest.h>

using namespace chat;
using socketio::Array;
using socketio::Handshake;
using socketio::Object;
using socketio::Value;

namespace {

Handshake handshake(Object query, Object headers, Object auth) {
  Handshake handshake;
  handshake.query = std::move(query);
  handshake.headers = std::move(headers);
  handshake.auth = std::move(auth);
  return handshake;
}

}  // namespace

TEST_CASE("the query comes first, then the header, then the auth payload") {
  const Object query{{"token", "q"}};
  const Object headers{{"authorization", "Bearer h"}};
  const Object auth{{"token", "a"}};
  CHECK(find_token(handshake(query, headers, auth)) == Value("q"));
  CHECK(find_token(handshake({}, headers, auth)) == Value("h"));
  CHECK(find_token(handshake({}, {}, auth)) == Value("a"));
  CHECK(find_token(handshake({}, {}, {})).is_null());
  CHECK(find_token(Handshake()).is_null());
}

TEST_CASE("what is empty or of another scheme does not count") {
  const Object auth{{"token", "a"}};
  CHECK(find_token(handshake({{"token", ""}}, {}, auth)) == Value("a"));
  for (const char* header : {"", "Bearer", "bearer x", "Basic x", " Bearer x"}) {
    CHECK(find_token(handshake({}, {{"authorization", header}}, auth)) == Value("a"));
  }
  CHECK(find_token(handshake({}, {{"authorization", "Bearer  x"}}, auth)) == Value(" x"));
}

TEST_CASE("the auth payload may have a token of any type that counts as true in JavaScript") {
  for (const Value& token : {Value(5), Value(true), Value(Array{"a"}), Value(Object{})}) {
    CHECK(find_token(handshake({}, {}, {{"token", token}})) == token);
  }
  for (const Value& token : {Value(0), Value(0.0), Value(false), Value(nullptr), Value("")}) {
    CHECK(find_token(handshake({}, {}, {{"token", token}})).is_null());
  }
}
