#include "engineio/core/client_address.hpp"

#include <doctest/doctest.h>

using engineio::HttpRequest;
using engineio::core::client_address;
using engineio::net::TrustedProxies;

namespace {

const TrustedProxies proxies({"10.0.0.0/8", "fd00::/8", "unix"});

HttpRequest request_from(std::string peer, std::initializer_list<std::string_view> forwarded) {
  HttpRequest request;
  request.remote_address = std::move(peer);
  for (const auto value : forwarded) {
    request.headers.add("X-Forwarded-For", value);
  }
  return request;
}

std::string client_of(std::string peer, std::initializer_list<std::string_view> forwarded) {
  return client_address(proxies, request_from(std::move(peer), forwarded));
}

}  // namespace

TEST_CASE("a stranger's word about its address is not believed") {
  CHECK(client_of("192.0.2.1", {"6.6.6.6"}) == "192.0.2.1");
  CHECK(client_of("::ffff:192.0.2.1", {"10.0.0.1"}) == "::ffff:192.0.2.1");
  CHECK(client_address({}, request_from("10.0.0.1", {"6.6.6.6"})) == "10.0.0.1");
  CHECK(client_address({}, request_from("", {"6.6.6.6"})).empty());
  CHECK(client_address(TrustedProxies({"10.0.0.1"}), request_from("", {"6.6.6.6"})).empty());
}

TEST_CASE("behind proxies the client is the last that is none of them") {
  CHECK(client_of("10.0.0.1", {"192.0.2.1"}) == "192.0.2.1");
  CHECK(client_of("::ffff:10.0.0.1", {"192.0.2.1"}) == "192.0.2.1");
  CHECK(client_of("10.0.0.1", {"6.6.6.6, 192.0.2.1"}) == "192.0.2.1");
  CHECK(client_of("10.0.0.1", {"6.6.6.6, 192.0.2.1,fd00::7 ,\t10.2.3.4"}) == "192.0.2.1");
  CHECK(client_of("fd00::1", {"2001:DB8::1"}) == "2001:db8::1");
  CHECK(client_of("", {"192.0.2.1"}) == "192.0.2.1");
}

TEST_CASE("several fields are one list, whatever the case of their names") {
  CHECK(client_of("10.0.0.1", {"6.6.6.6", "192.0.2.1", "10.0.0.3, 10.0.0.2"}) == "192.0.2.1");
  HttpRequest request = request_from("10.0.0.1", {"6.6.6.6"});
  request.headers.add("x-forwarded-FOR", "192.0.2.1");
  CHECK(client_address(proxies, request) == "192.0.2.1");
}

TEST_CASE("clients among the proxies' own networks: the first of the list") {
  CHECK(client_of("10.0.0.1", {"10.0.0.3, 10.0.0.2"}) == "10.0.0.3");
  CHECK(client_of("10.0.0.1", {}) == "10.0.0.1");
  CHECK(client_of("10.0.0.1", {""}) == "10.0.0.1");
  CHECK(client_of("", {}).empty());
}

TEST_CASE("ports are no part of an address") {
  CHECK(client_of("10.0.0.1", {"192.0.2.1:5000"}) == "192.0.2.1");
  CHECK(client_of("10.0.0.1", {"[2001:db8::1]:5000"}) == "2001:db8::1");
  CHECK(client_of("10.0.0.1", {"[2001:db8::1]"}) == "2001:db8::1");
  CHECK(client_of("10.0.0.1", {"192.0.2.1, 10.0.0.2:80"}) == "192.0.2.1");
}

TEST_CASE("nonsense ends the walk at the last proxy, empty entries do not") {
  for (const auto* nonsense :
       {"unknown", "_hidden", "192.0.2.1 192.0.2.2", "[2001:db8::1", "[2001:db8::1]x", "[", "[]",
        "2001:db8::1]", "192.0.2.1:80:90", "\"192.0.2.1\"", "fe80::1%eth0"}) {
    CAPTURE(nonsense);
    CHECK(client_of("10.0.0.1", {nonsense}) == "10.0.0.1");
    CHECK(client_of("10.0.0.1", {"6.6.6.6", nonsense, "10.0.0.2"}) == "10.0.0.2");
    CHECK(client_of("10.0.0.1", {nonsense, "192.0.2.1", "10.0.0.2"}) == "192.0.2.1");
  }
  CHECK(client_of("10.0.0.1", {", 192.0.2.1, ,10.0.0.2,"}) == "192.0.2.1");
  CHECK(client_of("10.0.0.1", {",,,"}) == "10.0.0.1");
}
