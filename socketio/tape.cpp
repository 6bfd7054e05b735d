#include "socketio/tape.hpp"

#include <limits>
#include <utility>

namespace socketio {
namespace {

// 1 MiB: far more than ordinary packets need, far less than a hostile one leaves behind.
constexpr std::size_t max_idle_nodes = (std::size_t{1} << 20U) / sizeof(Node);

}  // namespace

void Tape::clear() {
  kept_.clear();
  if (nodes_.capacity() > max_idle_nodes) {
    nodes_ = std::vector<Node>();
  } else {
    nodes_.clear();
  }
}

void Tape::unsigned_integer(std::uint64_t value) {
  if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    integer(static_cast<std::int64_t>(value));
  } else {
    append(ValueKind::uint64).uint64 = value;
  }
}

std::size_t Tape::begin(ValueKind kind) {
  append(kind).extent = 1;
  return nodes_.size() - 1;
}

void Tape::end(std::size_t container, std::size_t size) {
  nodes_[container].size = static_cast<std::uint32_t>(size);
  nodes_[container].extent = nodes_.size() - container;
}

std::string_view Tape::keep(std::string text) { return kept_.emplace_front(std::move(text)); }

}  // namespace socketio
