#include "apps/chat/monitoring/room_count.hpp"

#include <algorithm>
#include <atomic>
#include <deque>

#include "engineio/shard.hpp"
#include "socketio/adapter.hpp"

namespace chat {

struct RoomCount::State {
  struct Part {
    explicit Part(socketio::Namespace& its_nsp) : nsp(its_nsp) {}

    socketio::Namespace& nsp;
    std::atomic<std::size_t> rooms = 0;
  };

  static void count(const std::shared_ptr<State>& state, engineio::Shard& shard);

  std::deque<Part> parts;
};

// The adapter of a cluster would ask the other nodes; its base knows the rooms of this one.
void RoomCount::State::count(const std::shared_ptr<State>& state, engineio::Shard& shard) {
  for (Part& part : state->parts) {
    part.nsp.adapter().socketio::Adapter::all_rooms(
        [state, &part](socketio::Adapter::RoomNames names) {
          part.rooms = names.rooms.size() - std::min(names.rooms.size(), part.nsp.socket_count());
        });
  }
  shard.timers().run_at(shard.now() + interval, [state, &shard] { count(state, shard); });
}

RoomCount::RoomCount(socketio::Server& io, const std::vector<std::string>& namespaces)
    : state_(std::make_shared<State>()) {
  for (const std::string& name : namespaces) {
    state_->parts.emplace_back(io.of(name));
  }
  engineio::Shard& shard = io.engine().shard(0);
  shard.post([state = state_, &shard] { State::count(state, shard); });
}

std::size_t RoomCount::value() const {
  std::size_t sum = 0;
  for (const State::Part& part : state_->parts) {
    sum += part.rooms;
  }
  return sum;
}

}  // namespace chat
