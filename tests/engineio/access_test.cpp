#include "engineio/access.hpp"

#include <doctest/doctest.h>

using engineio::AllowDecision;
using engineio::bearer_token;
using engineio::HttpRequest;
using engineio::require_token;

namespace {

using AllowRequest = decltype(engineio::Options::allow_request);

HttpRequest request_with(std::string_view authorization, std::string target = "/socket.io/") {
  HttpRequest request{.method = "GET", .target = std::move(target)};
  if (!authorization.empty()) {
    request.headers.add("Authorization", authorization);
  }
  return request;
}

std::string decision_of(const AllowRequest& allow_request, const HttpRequest& request) {
  std::string text = "undecided";
  allow_request(request, [&](AllowDecision decision) {
    text = decision.allowed ? "allowed" : "refused: " + decision.message;
  });
  return text;
}

}  // namespace

TEST_CASE("a token comes with the Authorization field") {
  CHECK(bearer_token(request_with("Bearer abc.def")) == "abc.def");
  CHECK(bearer_token(request_with("bearer  abc ")) == "abc");
  CHECK_FALSE(bearer_token(request_with("Basic abc")));
  CHECK_FALSE(bearer_token(request_with("Bearer")));
  CHECK_FALSE(bearer_token(request_with("Bearer ")));
  CHECK_FALSE(bearer_token(request_with("Bearerabc")));
  CHECK_FALSE(bearer_token(request_with("")));
}

TEST_CASE("or in the query, decoded; the field counts more") {
  const std::string target = "/socket.io/?EIO=4&token=a%2Bb%20c&key=k";
  CHECK(bearer_token(request_with("", target)) == "a+b c");
  CHECK(bearer_token(request_with("", target), "key") == "k");
  CHECK_FALSE(bearer_token(request_with("", target), "other"));
  CHECK(bearer_token(request_with("Bearer header", target)) == "header");
  CHECK(bearer_token(request_with("Basic abc", target)) == "a+b c");
  CHECK_FALSE(bearer_token(request_with("", "/socket.io/?token=")));
  CHECK_FALSE(bearer_token(request_with("", "/socket.io/")));
}

TEST_CASE("only those with the right token come in") {
  const AllowRequest allow = require_token([](std::string_view token) { return token == "right"; });
  CHECK(decision_of(allow, request_with("Bearer right")) == "allowed");
  CHECK(decision_of(allow, request_with("", "/?token=right")) == "allowed");
  CHECK(decision_of(allow, request_with("Bearer wrong")) == "refused: Invalid token");
  CHECK(decision_of(allow, request_with("")) == "refused: Missing token");
}

TEST_CASE("a verification can say why not") {
  const AllowRequest allow = require_token([](std::string_view token) -> AllowDecision {
    return {.allowed = token == "right", .message = "Token expired"};
  });
  CHECK(decision_of(allow, request_with("Bearer right")) == "allowed");
  CHECK(decision_of(allow, request_with("Bearer old")) == "refused: Token expired");
}

TEST_CASE("a verification may take its time") {
  std::string asked;
  std::function<void(AllowDecision)> answer;
  const AllowRequest allow =
      require_token([&](std::string token, std::function<void(AllowDecision)> decide) {
        asked = std::move(token);
        answer = std::move(decide);
      });
  std::string decided;
  allow(request_with("Bearer abc"),
        [&](const AllowDecision& decision) { decided = decision.allowed ? "yes" : "no"; });
  CHECK(asked == "abc");
  CHECK(decided.empty());
  answer({.allowed = true});
  CHECK(decided == "yes");
}
