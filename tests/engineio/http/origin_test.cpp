#include "engineio/http/origin.hpp"

#include <doctest/doctest.h>

using engineio::Cors;
using engineio::http::comes_from_elsewhere;
using engineio::http::is_listed;
using engineio::http::origin_problem;

TEST_CASE("an origin is on the list in any case, but not in part") {
  const Cors::OriginList list{"https://example.com", "http://localhost:8080", "null"};
  for (const auto* origin :
       {"https://example.com", "HTTPS://EXAMPLE.com", "http://localhost:8080", "null"}) {
    CAPTURE(origin);
    CHECK(is_listed(list, origin));
  }
  for (const auto* origin :
       {"", "https://example.co", "https://example.com.evil.org", "http://example.com",
        "https://a.example.com", "https://example.com:444", "http://localhost", "*",
        "https://evil.org, https://example.com"}) {
    CAPTURE(origin);
    CHECK_FALSE(is_listed(list, origin));
  }
}

TEST_CASE("a star stands for any origin, a pattern is searched") {
  CHECK(is_listed({"*"}, "https://example.com"));
  CHECK(is_listed({"https://a.com", "*"}, ""));
  const Cors::OriginList list{"https://a.com", std::regex("\\.example\\.com$")};
  CHECK(is_listed(list, "https://b.example.com"));
  CHECK_FALSE(is_listed(list, "https://b.example.com.evil.org"));
  CHECK_FALSE(is_listed({std::regex("x$")}, std::string(513, 'x')));
  CHECK(is_listed({std::regex("x$")}, std::string(512, 'x')));
  CHECK_FALSE(is_listed({}, "https://example.com"));
}

TEST_CASE("what a browser sends without an origin tells where it comes from, or is JSONP") {
  const auto with_site = [](const char* site) {
    engineio::HttpHeaders headers;
    headers.add("Sec-Fetch-Site", site);
    return headers;
  };
  for (const bool jsonp : {false, true}) {
    CHECK_FALSE(comes_from_elsewhere(with_site("same-origin"), jsonp));
    CHECK_FALSE(comes_from_elsewhere(with_site("none"), jsonp));
    CHECK(comes_from_elsewhere(with_site("same-site"), jsonp));
    CHECK(comes_from_elsewhere(with_site("cross-site"), jsonp));
    CHECK(comes_from_elsewhere(with_site(""), jsonp));
    CHECK(comes_from_elsewhere({}, jsonp) == jsonp);
  }
}

TEST_CASE("entries that no browser can match are told") {
  for (const auto* entry :
       {"*", "null", "https://example.com", "http://localhost:8080", "https://[::1]:3000",
        "capacitor://localhost", "http://example.com:443", "https://example.com:8443"}) {
    CAPTURE(entry);
    CHECK_FALSE(origin_problem(std::string(entry)));
  }
  CHECK_FALSE(origin_problem(std::regex("/")));
  for (const auto* entry :
       {"", "example.com", "https://example.com/", "https://example.com/chat", "://example.com",
        "https://*.example.com", "https://a.com, https://b.com", "https://example.com:443",
        "http://example.com:80"}) {
    CAPTURE(entry);
    CHECK(origin_problem(std::string(entry)) ==
          "allowed_origins has \"" + std::string(entry) +
              "\"; write an origin as browsers send it (https://example.com, "
              "http://localhost:8080), *, or a regular expression");
  }
}
