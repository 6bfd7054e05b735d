#include "engineio/net/address_count.hpp"

namespace engineio::net {

void AddressCount::Leave::operator()(Entry* entry) const noexcept { entry->owner.leave(*entry); }

std::optional<AddressCount::Place> AddressCount::enter(ClientKey client) {
  if (!counts()) {
    return Place();
  }
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_.try_emplace(client, Entry{*this, client}).first->second;
  if (entry.open == limit_) {
    return std::nullopt;
  }
  ++entry.open;
  return Place(&entry);
}

void AddressCount::leave(Entry& entry) noexcept {
  const std::lock_guard lock(mutex_);
  if (--entry.open == 0) {
    entries_.erase(entry.client);
  }
}

std::size_t AddressCount::clients() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

}  // namespace engineio::net
