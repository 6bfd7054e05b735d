#include "adapters/redis/handshake.hpp"

#include <doctest/doctest.h>

using adapters::redis::Handshake;
using adapters::redis::parse_url;
using adapters::redis::Reply;

namespace {

const Reply ok{Reply::Type::status, 0, "OK", {}};

Reply error(std::string text) { return {Reply::Type::error, 0, std::move(text), {}}; }

Reply role(std::string name) {
  return {Reply::Type::array, 0, {}, {{Reply::Type::string, 0, std::move(name), {}}}};
}

}  // namespace

TEST_CASE("handshake: what is said") {
  CHECK(Handshake(parse_url("redis://h"), false).commands() == "*1\r\n$4\r\nPING\r\n");
  CHECK(Handshake(parse_url("redis://h"), true).commands() == "*1\r\n$4\r\nROLE\r\n");
  CHECK(Handshake(parse_url("redis://:pw@h"), false).commands() ==
        "*2\r\n$4\r\nAUTH\r\n$2\r\npw\r\n*1\r\n$4\r\nPING\r\n");
  CHECK(Handshake(parse_url("redis://me:pw@h/7"), false).commands() ==
        "*3\r\n$4\r\nAUTH\r\n$2\r\nme\r\n$2\r\npw\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n7\r\n"
        "*1\r\n$4\r\nPING\r\n");
}

TEST_CASE("handshake: done after the last reply") {
  Handshake handshake(parse_url("redis://:pw@h/7"), false);
  CHECK(handshake.on_reply(ok) == Handshake::Step::more);
  CHECK(handshake.on_reply(ok) == Handshake::Step::more);
  CHECK(handshake.on_reply(ok) == Handshake::Step::done);
  // Those who may not say PING are known all the same.
  CHECK(Handshake(parse_url("redis://h"), false).on_reply(error("NOPERM no ping")) ==
        Handshake::Step::done);
}

TEST_CASE("handshake: refused, with a hint") {
  const struct {
    const char* error;
    const char* hint;
  } refusals[] = {
      {"NOAUTH Authentication required.", "put user and password into RedisOptions::url"},
      {"WRONGPASS invalid username-password pair", "is wrong"},
      {"ERR Client sent AUTH, but no password is set", "no password"},
      {"ERR AUTH <password> called without any password configured for the default user",
       "wants no password"},
      {"DENIED Redis is running in protected mode", "protected mode"},
      {"ERR DB index is out of range", "no such database"},
      {"ERR something new", "something new"},
  };
  for (const auto& refusal : refusals) {
    CAPTURE(refusal.error);
    Handshake handshake(parse_url("redis://:pw@h/7"), false);
    CHECK(handshake.on_reply(error(refusal.error)) == Handshake::Step::refused);
    CHECK(handshake.reason().find(refusal.hint) != std::string::npos);
  }
}

TEST_CASE("handshake: not ready yet") {
  for (const char* text : {"LOADING Redis is loading", "MASTERDOWN Link", "BUSY script",
                           "ERR max number of clients reached"}) {
    CHECK(Handshake(parse_url("redis://h"), false).on_reply(error(text)) == Handshake::Step::away);
  }
}

TEST_CASE("handshake: only a master will do") {
  CHECK(Handshake(parse_url("redis://h"), true).on_reply(role("master")) == Handshake::Step::done);
  CHECK(Handshake(parse_url("redis://h"), true).on_reply(role("slave")) == Handshake::Step::away);
  CHECK(Handshake(parse_url("redis://h"), true).on_reply(ok) == Handshake::Step::away);
}
