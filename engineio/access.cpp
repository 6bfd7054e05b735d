#include "engineio/access.hpp"

#include <utility>

#include "engineio/http/text.hpp"
#include "engineio/query.hpp"

namespace engineio {

namespace {

using AllowRequest = decltype(Options::allow_request);
using Decide = std::function<void(AllowDecision)>;

std::string authorization_token(const HttpRequest& request) {
  constexpr std::string_view scheme = "Bearer ";
  const std::string_view value = request.headers.get("authorization").value_or("");
  if (!http::equal_ignoring_case(value.substr(0, scheme.size()), scheme)) {
    return {};
  }
  return std::string(http::trim(value.substr(scheme.size())));
}

std::string query_token(const HttpRequest& request, std::string_view parameter) {
  for (auto& [name, value] : query_parameters(request.target)) {
    if (name == parameter) {
      return std::move(value);
    }
  }
  return {};
}

}  // namespace

std::optional<std::string> bearer_token(const HttpRequest& request, std::string_view parameter) {
  std::string token = authorization_token(request);
  if (token.empty()) {
    token = query_token(request, parameter);
  }
  return token.empty() ? std::nullopt : std::optional(std::move(token));
}

AllowRequest require_token(std::function<bool(std::string_view token)> verify) {
  return require_token([verify = std::move(verify)](std::string_view token) -> AllowDecision {
    return {.allowed = verify(token), .message = "Invalid token"};
  });
}

AllowRequest require_token(std::function<AllowDecision(std::string_view token)> verify) {
  return require_token(
      [verify = std::move(verify)](const std::string& token, const Decide& decide) {
        decide(verify(token));
      });
}

AllowRequest require_token(std::function<void(std::string token, Decide decide)> verify) {
  return [verify = std::move(verify)](const HttpRequest& request, Decide decide) {
    auto token = bearer_token(request);
    if (token) {
      verify(std::move(*token), std::move(decide));
    } else {
      decide({.allowed = false, .message = "Missing token"});
    }
  };
}

}  // namespace engineio
