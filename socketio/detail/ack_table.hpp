#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include "engineio/timers.hpp"
#include "socketio/ack.hpp"

namespace socketio::detail {

/// The acknowledgements that one client owes.
class AckTable {
 public:
  struct Pending {
    AckCallback callback;
    /// Whether the answer belongs to a broadcast, which does its own bookkeeping: it is only told
    /// about answers.
    bool of_broadcast = false;
    std::unique_ptr<engineio::Timer> timer = nullptr;
  };

  /// Replaces an older one with the same id.
  Pending& add(std::uint64_t id, AckCallback callback, bool of_broadcast);

  /// Takes it out; nullopt where the client owes none of that id.
  std::optional<Pending> take(std::uint64_t id);
  std::optional<Pending> take_oldest();

  [[nodiscard]] std::size_t size() const noexcept { return pending_.size(); }

 private:
  std::map<std::uint64_t, Pending> pending_;  // ids rise with time
};

}  // namespace socketio::detail
