#include "engineio/net/trusted_proxies.hpp"

#include <algorithm>
#include <stdexcept>

namespace engineio::net {

TrustedProxies::TrustedProxies(const std::vector<std::string>& entries) {
  for (const std::string& entry : entries) {
    if (entry == "unix") {
      unix_ = true;
    } else if (const auto network = Network::parse(entry)) {
      networks_.push_back(*network);
    } else {
      throw std::invalid_argument("trusted_proxies has \"" + entry +
                                  "\"; write an address (10.0.0.1, ::1), a network (10.0.0.0/8, "
                                  "fd00::/8) or unix");
    }
  }
}

bool TrustedProxies::trust(const IpAddress& address) const noexcept {
  return std::any_of(networks_.begin(), networks_.end(),
                     [&](const Network& network) { return network.contains(address); });
}

bool TrustedProxies::trust(std::string_view address) const noexcept {
  if (address.empty()) {
    return unix_;
  }
  if (networks_.empty()) {
    return false;
  }
  const auto parsed = IpAddress::parse(address);
  return parsed && trust(*parsed);
}

}  // namespace engineio::net
