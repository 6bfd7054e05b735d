#include "engineio/net/address.hpp"

#include <doctest/doctest.h>

using engineio::net::client_key;
using engineio::net::IpAddress;
using engineio::net::Network;

namespace {

std::string printed(std::string_view text) {
  const auto address = IpAddress::parse(text);
  return address ? address->text() : "none";
}

bool contains(std::string_view network, std::string_view address) {
  return Network::parse(network).value().contains(IpAddress::parse(address).value());
}

}  // namespace

TEST_SUITE("net address") {
  TEST_CASE("addresses are printed in the shortest way") {
    CHECK(printed("10.0.0.1") == "10.0.0.1");
    CHECK(printed("::1") == "::1");
    CHECK(printed("2001:DB8:0:0::00ff") == "2001:db8::ff");
    CHECK(printed("::ffff:10.0.0.1") == "10.0.0.1");
    CHECK(printed("::ffff:a00:1") == "10.0.0.1");
    CHECK(printed("1111:2222:3333:4444:5555:6666:255.255.255.255") ==
          "1111:2222:3333:4444:5555:6666:ffff:ffff");
  }

  TEST_CASE("what is no address") {
    for (const auto* text :
         {"", " ", "unknown", "10.0.0", "10.0.0.256", "010.0.0.1", "10.0.0.1 ", "10.0.0.1:80",
          "[::1]", "fe80::1%eth0", ":::", "1::2::3", "2001:db8::12345", "localhost",
          "0000:0000:0000:0000:0000:0000:255.255.255.2555555555555"}) {
      CAPTURE(text);
      CHECK(printed(text) == "none");
    }
    CHECK(printed(std::string_view("10.0.0.1\0.2", 11)) == "none");
  }

  TEST_CASE("the two ways to write IPv4 are one address") {
    CHECK(IpAddress::parse("10.0.0.1") == IpAddress::parse("::ffff:10.0.0.1"));
    CHECK(IpAddress::parse("10.0.0.1")->is_v4());
    CHECK_FALSE(IpAddress::parse("::10.0.0.1")->is_v4());
  }

  TEST_CASE("a network has the addresses that begin like it") {
    CHECK(contains("10.0.0.0/8", "10.255.255.255"));
    CHECK_FALSE(contains("10.0.0.0/8", "11.0.0.0"));
    CHECK_FALSE(contains("10.0.0.0/8", "9.255.255.255"));
    CHECK(contains("10.0.0.0/8", "::ffff:10.1.2.3"));
    CHECK(contains("::ffff:10.0.0.0/104", "10.1.2.3"));
    CHECK(contains("10.1.2.128/25", "10.1.2.129"));
    CHECK_FALSE(contains("10.1.2.128/25", "10.1.2.127"));
    CHECK(contains("10.9.9.9/8", "10.0.0.1"));
    CHECK(contains("2001:db8:8000::/33", "2001:db8:ffff::1"));
    CHECK_FALSE(contains("2001:db8:8000::/33", "2001:db8:7fff::1"));
    CHECK_FALSE(contains("2001:db8::/32", "10.0.0.1"));
  }

  TEST_CASE("an address alone, and all of them") {
    CHECK(contains("::1", "::1"));
    CHECK_FALSE(contains("::1", "::2"));
    CHECK(contains("10.0.0.1", "10.0.0.1"));
    CHECK(contains("10.0.0.1/32", "10.0.0.1"));
    CHECK_FALSE(contains("10.0.0.1/32", "10.0.0.0"));
    CHECK(contains("0.0.0.0/0", "255.1.1.1"));
    CHECK_FALSE(contains("0.0.0.0/0", "::1"));
    CHECK(contains("::/0", "::1"));
    CHECK(contains("::/0", "10.0.0.1"));
    CHECK(contains("::1/128", "::1"));
  }

  TEST_CASE("what is no network") {
    for (const auto* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8 ",
                             "10.0.0.0/8/8", "::/129", "10.0.0/8", "10.0.0.0/0x8", "unix"}) {
      CAPTURE(text);
      CHECK_FALSE(Network::parse(text));
    }
  }

  TEST_CASE("a client is an IPv4 address or a /64 network") {
    CHECK(client_key("10.0.0.1") == client_key("::ffff:10.0.0.1"));
    CHECK(client_key("10.0.0.1") != client_key("10.0.0.2"));
    CHECK(client_key("2001:db8:1:2::3") == client_key("2001:db8:1:2:ffff::4"));
    CHECK(client_key("2001:db8:1:2::3") != client_key("2001:db8:1:3::3"));
    CHECK(client_key("::1") != client_key("127.0.0.1"));
    CHECK(client_key("::1") != client_key("0.0.0.0"));
    CHECK(client_key("") == client_key("nonsense"));
    CHECK(client_key("") != client_key("255.255.255.255"));
  }
}
