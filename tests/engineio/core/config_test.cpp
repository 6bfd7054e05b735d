#include "engineio/core/config.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace std::chrono_literals;
using engineio::Options;
using engineio::core::Config;

namespace {

// What is wrong with the options, or "".
std::string problem(Options options) {
  try {
    const Config config(std::move(options), {});
    return "";
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

std::string path_of(Options options) { return Config(std::move(options), {}).path; }

}  // namespace

TEST_CASE("the path gets one trailing slash, or none") {
  CHECK(path_of({}) == "/engine.io/");
  CHECK(path_of({.path = "/x"}) == "/x/");
  CHECK(path_of({.path = "/x/"}) == "/x/");
  CHECK(path_of({.path = "/x/", .add_trailing_slash = false}) == "/x");
  CHECK(path_of({.path = "/"}) == "/");
}

TEST_CASE("options out of their range are named, with what to change") {
  CHECK(problem({}) == "");
  CHECK(problem({.path = "x"}) == "path is \"x\"; it must begin with a slash");
  CHECK(problem({.ping_interval = 0ms}) == "ping_interval must be more than 0 ms");
  CHECK(problem({.ping_timeout = 0ms}) == "ping_timeout must be more than 0 ms");
  CHECK(problem({.upgrade_timeout = 0ms}) == "upgrade_timeout must be more than 0 ms");
  CHECK(problem({.max_http_buffer_size = 0}) == "max_http_buffer_size must be more than 0 bytes");
  CHECK(problem({.transports = {}}) == "transports is empty; name polling, websocket or both");
  CHECK(problem({.threads = 256}) == "");
  CHECK(problem({.threads = 257}) == "threads is 257; it must be 0 to 256");
  CHECK(problem({.http_compression = engineio::HttpCompression{.level = 10}}) ==
        "http_compression.level is 10; it must be 1 to 9");
  CHECK(
      problem({.per_message_deflate = engineio::PerMessageDeflate{.server_max_window_bits = 8}}) ==
      "per_message_deflate.server_max_window_bits is 8; it must be 9 to 15");
}

TEST_CASE("ids of one's own need one thread") {
  const auto make_id = [](const engineio::HttpRequest&) { return std::optional<std::string>("x"); };
  CHECK(problem({.generate_id = make_id, .threads = 1}) == "");
  CHECK(problem({.generate_id = make_id, .threads = 2}).starts_with("generate_id needs threads"));
}

TEST_CASE("who is trusted and allowed is read once, and told when it is wrong") {
  CHECK(problem({.allowed_origins = {"https://a.example", "*", std::regex("x")},
                 .trusted_proxies = {"10.0.0.0/8", "unix"},
                 .proxy_protocol = true}) == "");
  CHECK(problem({.allowed_origins = {"a.example"}})
            .starts_with("allowed_origins has \"a.example\"; write an origin"));
  CHECK(problem({.trusted_proxies = {"10.0.0.0/33"}})
            .starts_with("trusted_proxies has \"10.0.0.0/33\"; write an address"));
  CHECK(problem({.proxy_protocol = true}) ==
        "proxy_protocol needs trusted_proxies: only the headers of those are believed");
}

TEST_CASE("a cookie that could inject is refused") {
  CHECK(problem({.cookie = engineio::Cookie{.name = "a=b"}}) != "");
}
