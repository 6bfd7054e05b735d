#include "engineio/http/cors.hpp"

#include <doctest/doctest.h>

#include <regex>
#include <string>

using engineio::Cors;
using engineio::HttpHeaders;
using engineio::HttpRequest;
using engineio::http::apply_cors;
using namespace std::chrono_literals;

namespace {

HttpRequest request(std::string method, std::string_view origin = "https://example.com") {
  HttpRequest result;
  result.method = std::move(method);
  if (!origin.empty()) {
    result.headers.add("Origin", origin);
  }
  return result;
}

HttpRequest preflight() {
  auto result = request("OPTIONS");
  result.headers.add("Access-Control-Request-Method", "POST");
  result.headers.add("Access-Control-Request-Headers", "content-type,x-foo");
  return result;
}

/// The fields that are added for a request that is no preflight.
std::string fields(const Cors& cors, const HttpRequest& request) {
  HttpHeaders headers;
  CHECK_FALSE(apply_cors(cors, request, headers));
  return headers.block();
}

std::string preflight_fields(const Cors& cors, const HttpRequest& request = preflight()) {
  HttpHeaders headers;
  CHECK(apply_cors(cors, request, headers));
  return headers.block();
}

Cors cors_for(decltype(Cors::origin) origin) {
  Cors cors;
  cors.origin = std::move(origin);
  return cors;
}

Cors any_origin() { return cors_for("*"); }

const std::string allowed = "Access-Control-Allow-Origin: https://example.com\r\nVary: Origin\r\n";
const std::string not_allowed = "Vary: Origin\r\n";

}  // namespace

TEST_CASE("without CORS nothing is added, not even to an OPTIONS request") {
  CHECK(fields({}, request("GET")).empty());
  CHECK(fields({}, preflight()).empty());
}

TEST_CASE("any origin") {
  CHECK(fields(any_origin(), request("GET")) == "Access-Control-Allow-Origin: *\r\n");
  CHECK(fields(any_origin(), request("GET", "")) == "Access-Control-Allow-Origin: *\r\n");
}

TEST_CASE("a fixed origin is told to everybody") {
  const auto cors = cors_for("https://example.com");
  CHECK(fields(cors, request("GET")) == allowed);
  CHECK(fields(cors, request("POST", "https://other.com")) == allowed);
  CHECK(fields(cors, request("POST", "")) == allowed);
}

TEST_CASE("an empty origin is CORS turned off, as in Node") {
  CHECK(fields(cors_for(""), preflight()).empty());
}

TEST_CASE("the request's own origin is reflected") {
  const auto cors = cors_for(Cors::ReflectOrigin{});
  CHECK(fields(cors, request("GET")) == allowed);
  CHECK(fields(cors, request("GET", "")) == not_allowed);
}

TEST_CASE("a pattern decides, searched as in JavaScript") {
  const auto cors = cors_for(std::regex("example\\.com$"));
  CHECK(fields(cors, request("GET")) == allowed);
  CHECK(fields(cors, request("GET", "https://example.com.evil.org")) == not_allowed);
  CHECK(fields(cors, request("GET", "")) == not_allowed);
}

TEST_CASE("a list of strings and patterns decides") {
  const auto cors = cors_for(Cors::OriginList{"https://a.com", std::regex("^https://ex.*\\.com$")});
  CHECK(fields(cors, request("GET")) == allowed);
  CHECK(fields(cors, request("GET", "https://a.com")) ==
        "Access-Control-Allow-Origin: https://a.com\r\nVary: Origin\r\n");
  CHECK(fields(cors, request("GET", "https://a.com.evil")) == not_allowed);
  CHECK(fields(cors, request("GET", "")) == not_allowed);
}

TEST_CASE("a function decides, and turns CORS off for those that it refuses") {
  const auto cors = cors_for(
      Cors::OriginFunction([](std::string_view origin) { return origin.ends_with("e.com"); }));
  CHECK(fields(cors, request("GET")) == allowed);
  CHECK(fields(cors, request("GET", "https://other.org")).empty());
  CHECK(fields(cors, request("OPTIONS", "https://other.org")).empty());
}

TEST_CASE("origins longer than any real one match no pattern: matching costs stack") {
  const auto cors = cors_for(std::regex("^(a|b)*$"));
  CHECK(fields(cors, request("GET", std::string(512, 'a'))).starts_with("Access-Control-Allow"));
  CHECK(fields(cors, request("GET", std::string(513, 'a'))) == not_allowed);
  CHECK(fields(cors, request("GET", std::string(16'000, 'a'))) == not_allowed);
}

TEST_CASE("a preflight is answered with all fields in the order of npm's cors") {
  auto cors = cors_for("https://example.com");
  cors.credentials = true;
  cors.max_age = 600s;
  cors.exposed_headers = "X-A,X-B";
  CHECK(preflight_fields(cors) ==
        "Access-Control-Allow-Origin: https://example.com\r\n"
        "Vary: Origin, Access-Control-Request-Headers\r\n"
        "Access-Control-Allow-Credentials: true\r\n"
        "Access-Control-Allow-Methods: GET,HEAD,PUT,PATCH,POST,DELETE\r\n"
        "Access-Control-Allow-Headers: content-type,x-foo\r\n"
        "Access-Control-Max-Age: 600\r\n"
        "Access-Control-Expose-Headers: X-A,X-B\r\n"
        "Content-Length: 0\r\n");
}

TEST_CASE("any OPTIONS request is a preflight, even without Origin") {
  CHECK(preflight_fields(any_origin(), request("OPTIONS", "")) ==
        "Access-Control-Allow-Origin: *\r\n"
        "Access-Control-Allow-Methods: GET,HEAD,PUT,PATCH,POST,DELETE\r\n"
        "Vary: Access-Control-Request-Headers\r\n"
        "Content-Length: 0\r\n");
}

TEST_CASE("given allowed headers are not reflected") {
  auto cors = any_origin();
  cors.allowed_headers = "X-Mine";
  cors.methods = "GET";
  cors.max_age = 0s;
  CHECK(preflight_fields(cors) ==
        "Access-Control-Allow-Origin: *\r\n"
        "Access-Control-Allow-Methods: GET\r\n"
        "Access-Control-Allow-Headers: X-Mine\r\n"
        "Access-Control-Max-Age: 0\r\n"
        "Content-Length: 0\r\n");
}

TEST_CASE("other requests get credentials and exposed headers only") {
  auto cors = any_origin();
  cors.credentials = true;
  cors.max_age = 600s;
  cors.exposed_headers = "X-A";
  CHECK(fields(cors, request("POST")) ==
        "Access-Control-Allow-Origin: *\r\n"
        "Access-Control-Allow-Credentials: true\r\n"
        "Access-Control-Expose-Headers: X-A\r\n");
}

TEST_CASE("Vary is extended, not replaced") {
  HttpHeaders headers;
  headers.add("Vary", "Accept-Encoding");
  headers.add("X", "1");
  CHECK_FALSE(apply_cors(cors_for(Cors::ReflectOrigin{}), request("GET"), headers));
  CHECK(headers.get("Vary") == "Accept-Encoding, Origin");

  HttpHeaders has_it;
  has_it.add("vary", "origin");
  CHECK_FALSE(apply_cors(cors_for(Cors::ReflectOrigin{}), request("GET"), has_it));
  CHECK(has_it.get("Vary") == "origin");

  HttpHeaders all;
  all.add("Vary", "*");
  CHECK_FALSE(apply_cors(cors_for(Cors::ReflectOrigin{}), request("GET"), all));
  CHECK(all.get("Vary") == "*");
}
