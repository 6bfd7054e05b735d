#include "engineio/http/cors.hpp"

#include <algorithm>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <variant>

#include "engineio/http/origin.hpp"

namespace engineio::http {

namespace {

template <class... Callables>
struct Overloaded : Callables... {
  using Callables::operator()...;
};
template <class... Callables>
Overloaded(Callables...) -> Overloaded<Callables...>;

bool matches_exactly(const Cors::OriginPattern& pattern, std::string_view origin) {
  return std::visit(Overloaded{
                        [&](const std::string& exact) { return exact == origin; },
                        [&](const std::regex& regex) { return matches(regex, origin); },
                    },
                    pattern);
}

void vary_on(HttpHeaders& headers, std::string_view field) {
  const auto present = headers.get("Vary");
  if (headers.has_token("Vary", "*") || headers.has_token("Vary", field)) {
    return;
  }
  const auto value = present && !present->empty() ? std::string(*present) + ", " : std::string{};
  headers.set("Vary", value + std::string(field));
}

/// The answer depends on the request's origin, which is repeated if it is allowed.
void add_reflected_origin(bool allowed, std::optional<std::string_view> origin,
                          HttpHeaders& headers) {
  if (allowed && origin) {
    headers.set("Access-Control-Allow-Origin", *origin);
  }
  vary_on(headers, "Origin");
}

void add_fixed_origin(const std::string& origin, HttpHeaders& headers) {
  headers.set("Access-Control-Allow-Origin", origin);
  if (origin != "*") {
    vary_on(headers, "Origin");
  }
}

/// False if CORS does not apply to the request.
bool add_origin(const Cors& cors, std::optional<std::string_view> origin, HttpHeaders& headers) {
  const auto reflect = [&](bool allowed) {
    add_reflected_origin(allowed, origin, headers);
    return true;
  };
  const auto applies = Overloaded{
      [](Cors::Off) { return false; },
      [&](Cors::ReflectOrigin) { return reflect(true); },
      [&](const std::string& fixed) {
        return !fixed.empty() && (add_fixed_origin(fixed, headers), true);
      },
      [&](const std::regex& regex) { return reflect(origin && matches(regex, *origin)); },
      [&](const Cors::OriginList& list) {
        return reflect(origin && std::any_of(list.begin(), list.end(), [&](const auto& pattern) {
                         return matches_exactly(pattern, *origin);
                       }));
      },
      [&](const Cors::OriginFunction& allows) {
        return allows && allows(origin.value_or("")) && reflect(true);
      },
  };
  return std::visit(applies, cors.origin);
}

void add_if_given(const std::optional<std::string>& value, std::string_view name,
                  HttpHeaders& headers) {
  if (value && !value->empty()) {
    headers.set(name, *value);
  }
}

void add_allowed_headers(const Cors& cors, const HttpRequest& request, HttpHeaders& headers) {
  if (cors.allowed_headers && !cors.allowed_headers->empty()) {
    headers.set("Access-Control-Allow-Headers", *cors.allowed_headers);
    return;
  }
  vary_on(headers, "Access-Control-Request-Headers");
  const auto asked = request.headers.get("Access-Control-Request-Headers");
  if (asked && !asked->empty()) {
    headers.set("Access-Control-Allow-Headers", *asked);
  }
}

void add_preflight_fields(const Cors& cors, const HttpRequest& request, HttpHeaders& headers) {
  if (!cors.methods.empty()) {
    headers.set("Access-Control-Allow-Methods", cors.methods);
  }
  add_allowed_headers(cors, request, headers);
  if (cors.max_age) {
    headers.set("Access-Control-Max-Age", std::to_string(cors.max_age->count()));
  }
}

}  // namespace

bool apply_cors(const Cors& cors, const HttpRequest& request, HttpHeaders& headers) {
  if (!add_origin(cors, request.headers.get("Origin"), headers)) {
    return false;
  }
  if (cors.credentials) {
    headers.set("Access-Control-Allow-Credentials", "true");
  }
  const bool preflight = request.method == "OPTIONS";
  if (preflight) {
    add_preflight_fields(cors, request, headers);
  }
  add_if_given(cors.exposed_headers, "Access-Control-Expose-Headers", headers);
  if (preflight) {
    headers.set("Content-Length", "0");  // without it Safari waits for a body, even of a 204
  }
  return preflight;
}

}  // namespace engineio::http
