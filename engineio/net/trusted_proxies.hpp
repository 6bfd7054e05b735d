#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engineio/net/address.hpp"

namespace engineio::net {

/// Those whose word about a client's address is believed (Options::trusted_proxies).
class TrustedProxies {
 public:
  TrustedProxies() = default;  ///< nobody

  /// Throws std::invalid_argument with one sentence that says what to write.
  explicit TrustedProxies(const std::vector<std::string>& entries);

  [[nodiscard]] bool empty() const noexcept { return networks_.empty() && !unix_; }

  [[nodiscard]] bool trust(const IpAddress& address) const noexcept;

  /// `address` is one as ByteStream::remote_address() prints it, empty for a Unix socket.
  [[nodiscard]] bool trust(std::string_view address) const noexcept;

 private:
  std::vector<Network> networks_;
  bool unix_ = false;
};

}  // namespace engineio::net
