#include "engineio/http.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

using engineio::HttpHeaders;
using engineio::HttpRequest;
using engineio::HttpResponder;
using engineio::HttpResponse;

namespace {

class RecordingChannel final : public HttpResponder::Channel {
 public:
  void respond(HttpResponse response) override { responses.push_back(std::move(response)); }

  std::vector<HttpResponse> responses;
};

}  // namespace

TEST_CASE("fields keep their order and case") {
  HttpHeaders headers;
  CHECK(headers.add("Content-Type", "text/plain"));
  CHECK(headers.add("x-empty", ""));
  CHECK(headers.add("Set-Cookie", "a=1"));
  CHECK(headers.add("Set-Cookie", "b=2"));
  CHECK(headers.count() == 4);
  CHECK(headers.block() ==
        "Content-Type: text/plain\r\nx-empty: \r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n");
}

TEST_CASE("fields are found in any case, the first of several") {
  HttpHeaders headers;
  headers.add("Set-Cookie", "a=1");
  headers.add("Set-Cookie", "b=2");
  CHECK(headers.get("set-cookie") == "a=1");
  CHECK(headers.has("SET-COOKIE"));
  CHECK_FALSE(headers.has("set-cooki"));
  CHECK_FALSE(headers.has("set-cookies"));
}

TEST_CASE("a value may hold colons") {
  HttpHeaders headers;
  headers.add("Host", "[::1]:3000");
  CHECK(headers.get("Host") == "[::1]:3000");
}

TEST_CASE("a field that could inject another one is refused") {
  HttpHeaders headers;
  const auto refused = [&](std::string_view name, std::string_view value) {
    return !headers.add(name, value) && !headers.set(name, value) && headers.empty();
  };
  CHECK(refused("X", "a\r\nInjected: 1"));
  CHECK(refused("X", "a\nb"));
  CHECK(refused("X", "a\rb"));
  CHECK(refused("X", std::string_view("a\0b", 3)));
  CHECK(refused("", "a"));
  CHECK(refused("X ", "a"));
  CHECK(refused("X:", "a"));
  CHECK(refused("X\r\nY", "a"));
  CHECK(refused("X\xC3\xA4", "a"));
}

TEST_CASE("set replaces all fields of a name in the place of the first") {
  HttpHeaders headers;
  headers.add("A", "1");
  headers.add("B", "2");
  headers.add("C", "3");
  headers.add("b", "4");
  headers.set("B", "5");
  CHECK(headers.block() == "A: 1\r\nB: 5\r\nC: 3\r\n");
  CHECK(headers.count() == 3);
  headers.set("D", "6");
  CHECK(headers.block() == "A: 1\r\nB: 5\r\nC: 3\r\nD: 6\r\n");
}

TEST_CASE("remove takes all fields of a name") {
  HttpHeaders headers;
  headers.add("A", "1");
  headers.add("B", "2");
  headers.add("a", "3");
  headers.remove("A");
  CHECK(headers.block() == "B: 2\r\n");
  CHECK(headers.count() == 1);
  headers.remove("missing");
  CHECK(headers.count() == 1);
  headers.remove("B");
  CHECK(headers.empty());
}

TEST_CASE("a value of its own headers may be set") {
  HttpHeaders headers;
  headers.add("A", "1");
  headers.add("B", "a longer value that does not fit into a small string");
  headers.set("A", *headers.get("B"));
  CHECK(headers.get("A") == headers.get("B"));
}

TEST_CASE("has_token looks into all fields of a name") {
  HttpHeaders headers;
  headers.add("Connection", "keep-alive ,\tUpgrade");
  headers.add("connection", "x");
  CHECK(headers.has_token("Connection", "upgrade"));
  CHECK(headers.has_token("Connection", "Keep-Alive"));
  CHECK(headers.has_token("Connection", "X"));
  CHECK_FALSE(headers.has_token("Connection", "close"));
  CHECK_FALSE(headers.has_token("Connection", "keep"));
  CHECK_FALSE(headers.has_token("Upgrade", "x"));
}

TEST_CASE("for_each visits all fields in order, and clear() removes them") {
  HttpHeaders headers;
  headers.add("A", "1");
  headers.add("B", "");
  std::string seen;
  headers.for_each([&](std::string_view name, std::string_view value) {
    seen.append(name).append("=").append(value).append(";");
  });
  CHECK(seen == "A=1;B=;");
  headers.clear();
  CHECK(headers.empty());
  CHECK(headers.count() == 0);
}

TEST_CASE("a request's path ends at the query") {
  HttpRequest request;
  request.target = "/a/b?c?d";
  CHECK(request.path() == "/a/b");
  request.target = "/a";
  CHECK(request.path() == "/a");
}

TEST_CASE("a responder answers once") {
  const auto channel = std::make_shared<RecordingChannel>();
  {
    HttpResponder responder(channel);
    responder.respond(201, "text/plain", "made");
    responder.respond(500, "text/plain", "again");
  }
  REQUIRE(channel->responses.size() == 1);
  CHECK(channel->responses[0].status == 201);
  CHECK(channel->responses[0].headers.get("Content-Type") == "text/plain");
  CHECK(channel->responses[0].body == "made");
}

TEST_CASE("a responder dropped unanswered answers 500") {
  const auto channel = std::make_shared<RecordingChannel>();
  {
    HttpResponder responder(channel);
    const HttpResponder moved(std::move(responder));
    CHECK(channel->responses.empty());
  }
  REQUIRE(channel->responses.size() == 1);
  CHECK(channel->responses[0].status == 500);
}
