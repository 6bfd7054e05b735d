#include "socketio/handshake.hpp"

#include <doctest/doctest.h>

#include "engineio/http.hpp"
#include "socketio/detail/handshake_builder.hpp"

using namespace socketio;

TEST_CASE("the handshake as other servers see it, in Node's order") {
  engineio::HttpRequest request;
  request.target = "/socket.io/?EIO=4";
  request.remote_address = "::1";
  request.forwarded_address = "192.0.2.1";
  const Handshake handshake =
      detail::build_handshake(request, Object{{"token", "x"}}, 1'795'293'179'123);
  CHECK(handshake.address == "::1");
  CHECK(handshake.client_address == "192.0.2.1");
  CHECK(handshake.time == "Sat Nov 21 2026 20:32:59 GMT+0000 (Coordinated Universal Time)");
  const Value value = handshake.to_value();
  std::string order;
  for (const Member& member : *value.as_object()) {
    order += member.key + " ";
  }
  CHECK(order == "headers time address xdomain secure issued url query auth ");
  CHECK(Handshake::from_value(value).to_value() == value);
  CHECK(Handshake::from_value("odd").auth == Value(Object{}));
}

TEST_CASE("dates of one digit") {
  CHECK(detail::build_handshake({}, Value(), 0).time ==
        "Thu Jan 01 1970 00:00:00 GMT+0000 (Coordinated Universal Time)");
}

TEST_CASE("repeated headers as Node joins them") {
  engineio::HttpRequest request;
  for (const char* value : {"a=1", "b=2"}) {
    request.headers.add("Cookie", value);
    request.headers.add("X-Forwarded-For", value);
    request.headers.add("User-Agent", value);
  }
  const Handshake handshake = detail::build_handshake(request, Value(), 0);
  CHECK(handshake.headers ==
        Value(Object{
            {"cookie", "a=1; b=2"}, {"x-forwarded-for", "a=1, b=2"}, {"user-agent", "a=1"}}));
}
