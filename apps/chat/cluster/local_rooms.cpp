#include "apps/chat/cluster/local_rooms.hpp"

#include <utility>

namespace chat {

void LocalRooms::enter(const std::string& room) {
  Lock lock(mutex_);
  if (rooms_.add(room)) {
    changed(std::move(lock));
  }
}

void LocalRooms::leave(const std::string& room) {
  Lock lock(mutex_);
  if (rooms_.remove(room)) {
    changed(std::move(lock));
  }
}

void LocalRooms::on_change(std::function<void()> observer) {
  const Lock lock(mutex_);
  on_change_ = std::move(observer);
}

// The observer may take the changes at once, so it is called without the lock.
void LocalRooms::changed(Lock lock) {
  if (on_change_ && !std::exchange(told_, true)) {
    const auto observer = on_change_;
    lock.unlock();
    observer();
  }
}

std::size_t LocalRooms::size() const {
  const std::lock_guard lock(mutex_);
  return rooms_.size();
}

CountedSet::Changes LocalRooms::take_changes() {
  const std::lock_guard lock(mutex_);
  told_ = false;
  return rooms_.take_changes();
}

std::vector<std::string> LocalRooms::take_all() {
  const std::lock_guard lock(mutex_);
  told_ = false;
  return rooms_.take_all();
}

}  // namespace chat
