#include "engineio/net/connections.hpp"

#include <algorithm>
#include <utility>

namespace engineio::net {

Connections::Connections(Loop& loop, const Limits& limits, const ConnectionFactory& factory,
                         Handover hand_over)
    : loop_(loop),
      limits_(limits),
      factory_(factory),
      hand_over_(std::move(hand_over)),
      buffers_(std::make_unique<Buffers>()) {
  loop_.set_flush(*this);
}

Connections::~Connections() = default;

void Connections::add(Incoming incoming) {
  auto owned = std::make_unique<Connection>(*this, std::move(incoming));
  Connection& connection = *owned;
  if (!connection.watch()) {
    return;
  }
  connection.position = static_cast<std::uint32_t>(connections_.size());
  connections_.push_back(std::move(owned));
  connection.start(factory_(connection, loop_.index()));
}

void Connections::stop() {
  for (std::size_t i = 0; i < connections_.size(); ++i) {
    connections_[i]->stop();
  }
}

void Connections::flush_later(Connection& connection) {
  if (!std::exchange(connection.flush_queued, true)) {
    to_flush_.push_back(&connection);
    loop_.flush_needed();
  }
}

void Connections::destroy_later(Connection& connection) {
  loop_.after_turn([this, &connection] { destroy(connection); });
}

/// Only what is waiting now: a receiver that writes whenever it has drained must not keep the loop
/// from its other work.
void Connections::at_turn_end() {
  std::vector<Connection*> now = std::exchange(to_flush_, {});
  for (Connection* connection : now) {
    connection->flush_queued = false;
    connection->flush();
  }
  if (to_flush_.empty()) {  // usually: keeps the memory
    now.clear();
    to_flush_ = std::move(now);
  }
}

void Connections::destroy(Connection& connection) noexcept {
  if (connection.flush_queued) {
    to_flush_.erase(std::find(to_flush_.begin(), to_flush_.end(), &connection));
  }
  std::unique_ptr<Connection> last = std::move(connections_.back());
  connections_.pop_back();
  if (last.get() != &connection) {
    last->position = connection.position;
    std::swap(connections_[connection.position], last);
  }
}

}  // namespace engineio::net
