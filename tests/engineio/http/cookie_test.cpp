#include "engineio/http/cookie.hpp"

#include <doctest/doctest.h>

using engineio::Cookie;
using engineio::http::cookie_problem;
using engineio::http::set_cookie;
using namespace std::chrono_literals;

namespace {

bool is_refused(Cookie cookie) { return cookie_problem(cookie).has_value(); }

Cookie with_name(std::string name) {
  Cookie cookie;
  cookie.name = std::move(name);
  return cookie;
}

Cookie with_path(std::string path) {
  Cookie cookie;
  cookie.path = std::move(path);
  return cookie;
}

Cookie with_domain(std::string domain) {
  Cookie cookie;
  cookie.domain = std::move(domain);
  return cookie;
}

}  // namespace

TEST_CASE("the default cookie is that of Node") {
  CHECK_FALSE(is_refused({}));
  CHECK(set_cookie({}, "AqwTtUYC8Za3GMgoAAAS") ==
        "io=AqwTtUYC8Za3GMgoAAAS; Path=/; HttpOnly; SameSite=Lax");
}

TEST_CASE("all attributes come in the order of npm's cookie") {
  Cookie cookie;
  cookie.name = "sid";
  cookie.max_age = 3600s;
  cookie.domain = "example.com";
  cookie.path = "/app";
  cookie.secure = true;
  cookie.partitioned = true;
  cookie.same_site = Cookie::SameSite::none;
  CHECK(set_cookie(cookie, "x") ==
        "sid=x; Max-Age=3600; Domain=example.com; Path=/app; HttpOnly; Secure; Partitioned; "
        "SameSite=None");
  cookie.same_site = Cookie::SameSite::strict;
  CHECK(set_cookie(cookie, "x").ends_with("SameSite=Strict"));
}

TEST_CASE("attributes that are off are left out") {
  Cookie cookie;
  cookie.path = std::nullopt;
  cookie.http_only = false;
  cookie.same_site = Cookie::SameSite::unset;
  CHECK(set_cookie(cookie, "x") == "io=x");
  cookie.max_age = 0s;
  CHECK(set_cookie(cookie, "x") == "io=x; Max-Age=0");
}

TEST_CASE("values are encoded as by encodeURIComponent") {
  Cookie cookie;
  cookie.path = std::nullopt;
  cookie.http_only = false;
  cookie.same_site = Cookie::SameSite::unset;
  CHECK(set_cookie(cookie, "aZ09-_.!~*'()") == "io=aZ09-_.!~*'()");
  CHECK(set_cookie(cookie, "a; b=\"c\"\r\n\xC3\xA4") == "io=a%3B%20b%3D%22c%22%0D%0A%C3%A4");
}

TEST_CASE("options that would inject are refused") {
  CHECK(is_refused(with_name("")));
  CHECK(is_refused(with_name("a b")));
  CHECK(is_refused(with_name("a=b")));
  CHECK(is_refused(with_name("a;b")));
  CHECK(is_refused(with_name("userName=<script>alert('XSS3')</script>; Max-Age=2592000; a")));
  CHECK(is_refused(with_path("/; Secure")));
  CHECK(is_refused(with_path("/\r\nX: y")));
  CHECK(is_refused(with_path("/<script>")));
  CHECK(is_refused(with_path("/\x7F")));
  CHECK(is_refused(with_domain("example.com; Secure")));
  CHECK(is_refused(with_domain("example.com\r\nX: y")));
  CHECK(is_refused(with_domain("-a.com")));
  CHECK(is_refused(with_domain("a..com")));
  CHECK(is_refused(with_domain(std::string(64, 'a') + ".com")));
}

TEST_CASE("ordinary options are accepted") {
  CHECK_FALSE(is_refused(with_name("__Host-io")));
  CHECK_FALSE(is_refused(with_path("/a/b c?d=e")));
  CHECK_FALSE(is_refused(with_domain(".example.com")));
  CHECK_FALSE(is_refused(with_domain("localhost")));
  CHECK_FALSE(is_refused(with_domain(std::string(63, 'a') + ".com")));
}
