#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "engineio/net/address.hpp"

namespace engineio::net {

/// Counts what each client has open, by its address, against a limit. Any thread. It holds an entry
/// for each client that has something open, so what it counts bounds its size.
class AddressCount {
  struct Entry;
  struct Leave {
    void operator()(Entry* entry) const noexcept;
  };

 public:
  /// One thing's place among those of its client; given back when destroyed. Must not outlive the
  /// count.
  using Place = std::unique_ptr<Entry, Leave>;

  /// 0: no limit, nothing is counted, and places are null.
  explicit AddressCount(std::size_t limit) : limit_(limit) {}

  /// None: there are as many as there may be.
  [[nodiscard]] std::optional<Place> enter(ClientKey client);

  [[nodiscard]] bool counts() const noexcept { return limit_ != 0; }

  /// Clients that have something open.
  [[nodiscard]] std::size_t clients() const;

 private:
  struct Entry {
    AddressCount& owner;
    ClientKey client;
    std::size_t open = 0;
  };

  void leave(Entry& entry) noexcept;

  const std::size_t limit_;
  mutable std::mutex mutex_;
  std::map<ClientKey, Entry> entries_;  // ordered: nobody can choose addresses that make it slow
};

}  // namespace engineio::net
