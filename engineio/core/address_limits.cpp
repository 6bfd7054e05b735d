#include "engineio/core/address_limits.hpp"

namespace engineio::core {

bool ClientRates::take(net::ClientKey client, Clock::time_point now) {
  if (!limits()) {
    return true;
  }
  const std::lock_guard lock(mutex_);
  const auto [entry, is_new] = by_client_.try_emplace(client);
  if (is_new) {
    entry->second = entries_.insert(entries_.begin(), Entry{client, {}});
  } else {
    entries_.splice(entries_.begin(), entries_, entry->second);
  }
  const bool taken = entry->second->bucket.take(limit_, now);
  forget(now);
  return taken;
}

/// Two for each one that comes, so that none waits long and those that are left over go in time.
void ClientRates::forget(Clock::time_point now) {
  for (int i = 0; i < 2; ++i) {
    const Entry& oldest = entries_.back();
    if (entries_.size() <= max_clients && !oldest.bucket.is_full(limit_, now)) {
      return;
    }
    by_client_.erase(oldest.client);
    entries_.pop_back();
  }
}

std::size_t ClientRates::clients() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

AddressLimits::Verdict AddressLimits::admit(std::string_view client_address, Clock::time_point now,
                                            net::AddressCount::Place& place) {
  if (!handshakes_.limits() && !sessions_.counts()) {
    return Verdict::admitted;
  }
  const net::ClientKey client = net::client_key(client_address);
  if (!handshakes_.take(client, now)) {
    return Verdict::too_many_handshakes;
  }
  auto entered = sessions_.enter(client);
  if (!entered) {
    return Verdict::too_many_sessions;
  }
  place = std::move(*entered);
  return Verdict::admitted;
}

}  // namespace engineio::core
