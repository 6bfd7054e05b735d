#include "engineio/net/trusted_proxies.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using engineio::net::TrustedProxies;

TEST_SUITE("net trusted proxies") {
  TEST_CASE("nobody is trusted unless named") {
    const TrustedProxies nobody;
    CHECK(nobody.empty());
    for (const auto* address : {"10.0.0.1", "::1", "127.0.0.1", ""}) {
      CHECK_FALSE(nobody.trust(address));
    }
  }

  TEST_CASE("networks and addresses of both kinds") {
    const TrustedProxies proxies({"10.0.0.0/8", "fd00::/8", "192.0.2.1"});
    CHECK_FALSE(proxies.empty());
    for (const auto* address : {"10.1.2.3", "::ffff:10.1.2.3", "fd12::1", "192.0.2.1"}) {
      CHECK(proxies.trust(address));
    }
    for (const auto* address : {"11.0.0.1", "192.0.2.2", "fe80::1", "::1", "", "nonsense"}) {
      CHECK_FALSE(proxies.trust(address));
    }
  }

  TEST_CASE("Unix sockets have no address, and are trusted by name") {
    const TrustedProxies proxies({"unix"});
    CHECK_FALSE(proxies.empty());
    CHECK(proxies.trust(""));
    CHECK_FALSE(proxies.trust("127.0.0.1"));
  }

  TEST_CASE("what is no address is said, with what to write") {
    for (const auto* entry : {"", "10.0.0/8", "10.0.0.0/33", "proxy.example.com", "Unix", "*"}) {
      CAPTURE(entry);
      CHECK_THROWS_WITH_AS(TrustedProxies({"::1", entry}),
                           ("trusted_proxies has \"" + std::string(entry) +
                            "\"; write an address (10.0.0.1, ::1), a network (10.0.0.0/8, "
                            "fd00::/8) or unix")
                               .c_str(),
                           std::invalid_argument);
    }
  }
}
