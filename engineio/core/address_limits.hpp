#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <string_view>

#include "engineio/net/address_count.hpp"
#include "engineio/options.hpp"
#include "engineio/token_bucket.hpp"

namespace engineio::core {

/// A RateLimit for each client. Any thread.
class ClientRates {
 public:
  /// Clients that are remembered at once, in about 8 MB. One whose bucket is full again is
  /// forgotten without harm; beyond this number whoever came longest ago is, and has a full bucket
  /// when it comes back. Whoever has more addresses than this escapes such a limit anyway.
  static constexpr std::size_t max_clients = 65'536;

  explicit ClientRates(RateLimit limit) : limit_(limit) {}

  /// Takes one from the client's bucket, if there is one. The next one is there within a second.
  [[nodiscard]] bool take(net::ClientKey client, Clock::time_point now);

  [[nodiscard]] bool limits() const noexcept { return limit_.per_second != 0; }

  /// Those that are remembered.
  [[nodiscard]] std::size_t clients() const;

 private:
  struct Entry {
    net::ClientKey client;
    TokenBucket bucket;
  };

  void forget(Clock::time_point now);

  const RateLimit limit_;
  mutable std::mutex mutex_;
  std::list<Entry> entries_;  // who came last is in front
  std::map<net::ClientKey, std::list<Entry>::iterator> by_client_;
};

/// Limits::sessions_per_address and Limits::handshakes_per_address, for all shards.
class AddressLimits {
 public:
  explicit AddressLimits(const Limits& limits)
      : handshakes_(limits.handshakes_per_address), sessions_(limits.sessions_per_address) {}

  enum class Verdict : std::uint8_t { admitted, too_many_handshakes, too_many_sessions };

  /// A client asks for a session. If it is admitted it gets `place`, for the session to keep; null
  /// where sessions have no limit.
  [[nodiscard]] Verdict admit(std::string_view client_address, Clock::time_point now,
                              net::AddressCount::Place& place);

 private:
  ClientRates handshakes_;
  net::AddressCount sessions_;
};

}  // namespace engineio::core
