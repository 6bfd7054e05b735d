#include "adapters/redis/url.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

using adapters::RedisOptions;
using adapters::redis::Address;
using adapters::redis::parse_node;
using adapters::redis::parse_url;
using adapters::redis::Target;
using adapters::redis::validate;

TEST_CASE("redis url: every part") {
  const Target plain = parse_url("redis://example.org");
  CHECK(plain.address.host == "example.org");
  CHECK(plain.address.port == 6379);
  CHECK(plain.database == 0);
  CHECK_FALSE(plain.tls);
  CHECK(plain.user.empty());
  CHECK(plain.password.empty());

  const Target full = parse_url("rediss://al%69ce:p%40ss%2fw@[::1]:7000/15");
  CHECK(full.tls);
  CHECK(full.user == "alice");
  CHECK(full.password == "p@ss/w");
  CHECK(full.address == Address{"::1", 7000, ""});
  CHECK(full.database == 15);

  CHECK(parse_url("redis://secret@h").password == "secret");
  CHECK(parse_url("redis://:secret@h").password == "secret");
  CHECK(parse_url("redis://:secret@h").user.empty());
  CHECK(parse_url("redis://h:1?db=3").database == 3);
  CHECK(parse_url("redis://").address == Address{"127.0.0.1", 6379, ""});
  CHECK(parse_url("redis:///2").database == 2);
}

TEST_CASE("redis url: unix sockets") {
  const Target target = parse_url("unix:///run/redis%20a.sock?db=4");
  CHECK(target.address.path == "/run/redis a.sock");
  CHECK(target.database == 4);
  CHECK(parse_url("unix://u:p@/run/r.sock").password == "p");
  const std::string longest(106, 'x');
  CHECK(parse_url("unix:///" + longest).address.path == "/" + longest);
  CHECK_THROWS_AS(static_cast<void>(parse_url("unix:///x" + longest)), std::invalid_argument);
}

TEST_CASE("redis url: what makes no sense is said") {
  for (const std::string url : {"",
                                "127.0.0.1",
                                "http://h",
                                "redis:/h",
                                "redis://h:0",
                                "redis://h:65536",
                                "redis://h:x",
                                "redis://h/x",
                                "redis://h/-1",
                                "redis://h?x=1",
                                "redis://h?db=",
                                "redis://u:@h",
                                "redis://%zz@h",
                                "redis://%1@h",
                                "redis://[::1",
                                "redis://:p@:1",
                                "unix://relative",
                                "unix://",
                                "redis://h:1x",
                                "redis://[::1]x"}) {
    CAPTURE(url);
    CHECK_THROWS_AS(static_cast<void>(parse_url(url)), std::invalid_argument);
  }
}

TEST_CASE("redis url: addresses as text") {
  CHECK(parse_node("h").text() == "h:6379");
  CHECK(parse_node("h:65535").text() == "h:65535");
  CHECK(parse_node("[::1]:1").text() == "[::1]:1");
  CHECK(Address{"", 0, "/a"}.text() == "/a");
  CHECK_THROWS_AS(static_cast<void>(parse_node(":1")), std::invalid_argument);
}

TEST_CASE("redis options: validation names the option") {
  const auto complaint = [](RedisOptions options) -> std::string {
    try {
      validate(options);
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "";
  };
  CHECK(complaint({}) == "");
  CHECK(complaint({.cluster_nodes = {"a:1"}}) == "");
  CHECK(complaint({.cluster_nodes = {"a:1"}, .sentinels = {"b:2"}}).find("sentinels") !=
        std::string::npos);
  CHECK(complaint({.cluster_nodes = {"a:x"}}).find("a:x") != std::string::npos);
  CHECK(complaint({.url = "redis://h/1", .cluster_nodes = {"a:1"}}).find("database 0") !=
        std::string::npos);
  CHECK(complaint({.url = "unix:///a", .sentinels = {"a:1"}}).find("Unix") != std::string::npos);
  CHECK(complaint({.sentinels = {"a:1"}, .sentinel_master = ""}).find("sentinel_master") !=
        std::string::npos);
  RedisOptions options;
  options.last_retry = options.first_retry - std::chrono::milliseconds(1);
  CHECK(complaint(options).find("last_retry") != std::string::npos);
  options.last_retry = options.first_retry;
  CHECK(complaint(options) == "");
  options.queued_commands = 0;
  CHECK(complaint(options).find("queued_commands") != std::string::npos);
  options = {};
  options.tls.key_file = "k";
  CHECK(complaint(options).find("certificate_file") != std::string::npos);
}
