#include "socketio/detail/ack_table.hpp"

#include <utility>

namespace socketio::detail {

AckTable::Pending& AckTable::add(std::uint64_t id, AckCallback callback, bool of_broadcast) {
  Pending& pending = pending_[id];
  pending = Pending{std::move(callback), of_broadcast};
  return pending;
}

std::optional<AckTable::Pending> AckTable::take(std::uint64_t id) {
  auto node = pending_.extract(id);
  if (node.empty()) {
    return std::nullopt;
  }
  return std::move(node.mapped());
}

std::optional<AckTable::Pending> AckTable::take_oldest() {
  return pending_.empty() ? std::nullopt : take(pending_.begin()->first);
}

}  // namespace socketio::detail
