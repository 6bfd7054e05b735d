#include "apps/chat/nest/online_users.hpp"

#include <doctest/doctest.h>

using namespace chat;
using socketio::Array;
using socketio::Value;

TEST_CASE("names are in the order in which their sockets came first") {
  OnlineUsers users;
  users.set("1", Value("Ann"));
  users.set("2", Value("Bob"));
  users.set("1", Value("Anna"));
  CHECK(Value(users.names()) == Value(Array{"Anna", "Bob"}));
  users.remove("1");
  users.set("1", Value("Ann"));
  CHECK(Value(users.names()) == Value(Array{"Bob", "Ann"}));
}

TEST_CASE("a name may be of any type, and undefined") {
  OnlineUsers users;
  users.set("1", Value(5));
  users.set("2", std::nullopt);
  CHECK(users.find("1") == Value(5));
  CHECK_FALSE(users.find("2").has_value());
  CHECK_FALSE(users.find("3").has_value());
  CHECK(Value(users.names()) == Value(Array{5, nullptr}));
}

TEST_CASE("who is not there cannot be removed") {
  OnlineUsers users;
  users.remove("1");
  CHECK(users.names().empty());
}
