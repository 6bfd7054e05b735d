#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/redis.hpp"

namespace adapters::redis {

/// Where a server listens: a TCP port, or a Unix socket if `path` is set.
struct Address {
  std::string host;
  std::uint16_t port = 6379;
  std::string path;

  /// `host:port`, `[host]:port` for IPv6, or the path.
  [[nodiscard]] std::string text() const;

  friend bool operator==(const Address&, const Address&) = default;
};

/// What a URL says.
struct Target {
  Address address;
  std::string user;
  std::string password;
  unsigned database = 0;
  bool tls = false;
};

/// See RedisOptions::url. Throws std::invalid_argument with a sentence that says what is wrong; it
/// never repeats the password.
[[nodiscard]] Target parse_url(std::string_view url);

/// `host:port`, `host` or `[host]:port`. Throws std::invalid_argument.
[[nodiscard]] Address parse_node(std::string_view node);
[[nodiscard]] std::vector<Address> parse_nodes(const std::vector<std::string>& nodes);

/// Throws std::invalid_argument with a sentence that names the option which makes no sense.
void validate(const RedisOptions& options);

}  // namespace adapters::redis
