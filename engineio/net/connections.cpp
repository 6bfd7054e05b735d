#include "engineio/net/connections.hpp"

#include <algorithm>
#include <utility>

namespace engineio::net {

Connections::Connections(Loop& loop, const Limits& limits, const ConnectionFactory& factory,
                         Handover hand_over, bool io_uring)
    : loop_(loop),
      limits_(limits),
      factory_(factory),
      hand_over_(std::move(hand_over)),
      buffers_(std::make_unique<Buffers>()),
      use_io_uring_(io_uring) {
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
  BatchSender* const batch = now.size() < smallest_batch ? nullptr : find_batch();
  for (Connection* connection : now) {
    connection->flush_queued = false;
    if (batch == nullptr || !connection->can_flush_in_batch()) {
      connection->flush();
    }
  }
  if (batch != nullptr) {
    flush_in_batch(now, *batch);
  }
  if (to_flush_.empty()) {  // usually: keeps the memory
    now.clear();
    to_flush_ = std::move(now);
  }
}

/// After the others, whose receivers might abort a connection whose output is in the batch.
void Connections::flush_in_batch(std::span<Connection* const> connections, BatchSender& batch) {
  for (Connection* connection : connections) {
    if (connection->can_flush_in_batch()) {
      connection->flush_in(batch);
    }
  }
  batch.submit();
}

/// Made on the loop's own thread: the end of a ring interrupts the system calls of its maker.
BatchSender* Connections::find_batch() {
  if (std::exchange(use_io_uring_, false)) {
    batch_ = BatchSender::make();
  }
  return batch_.get();
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
