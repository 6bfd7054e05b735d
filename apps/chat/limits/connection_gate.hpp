#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "apps/chat/limits/rate_limiter.hpp"

namespace chat {

/// Decides who may connect: how many clients in all, how many of one address, and how many new ones
/// of an address in a time. Any thread.
class ConnectionGate {
 public:
  struct Limits {
    std::size_t clients = 100'000;                        ///< at once; 0: any number
    std::size_t per_address = 1'000;                      ///< at once; 0: any number
    Rate rate = {100, std::chrono::milliseconds(1'000)};  ///< new ones of an address
    std::size_t addresses = 100'000;                      ///< remembered for the rate
  };

  explicit ConnectionGate(const Limits& limits);

  /// Nullopt: a client of that address may come in now. Else why not, in words for the client.
  /// Takes a point of the rate.
  [[nodiscard]] std::optional<std::string> refusal(const std::string& address,
                                                   RateLimiter::TimePoint now);

  /// For each client that has come in, and has gone.
  void enter(const std::string& address);
  void leave(const std::string& address);

  /// Those who are in stay. `addresses` stays what it was.
  void change(const Limits& limits);

 private:
  RateLimiter rate_;
  mutable std::mutex mutex_;
  Limits limits_;
  std::size_t clients_ = 0;
  std::unordered_map<std::string, std::size_t> per_address_;
};

/// The client's address: that of the connection, or with proxies in front the one that the
/// outermost of those we trust has seen. `forwarded_for` is the header `X-Forwarded-For`, of which
/// the client may have made up what those proxies did not add.
[[nodiscard]] std::string client_address(std::string_view remote_address,
                                         std::string_view forwarded_for, unsigned trusted_proxies);

}  // namespace chat
