#include "engineio/net/mailbox.hpp"

#include <limits>
#include <utility>

namespace engineio::net {

namespace {

// What a burst leaves behind is given back.
constexpr std::size_t kept_capacity = 4096;

}  // namespace

Mailbox::Put Mailbox::put(Task task, std::size_t bytes) {
  return put(std::move(task), bytes, capacity_);
}

Mailbox::Put Mailbox::put_over_capacity(Task task) {
  constexpr std::size_t any = std::numeric_limits<std::size_t>::max();
  return put(std::move(task), 0, {.tasks = any, .bytes = any});
}

Mailbox::Put Mailbox::put(Task&& task, std::size_t bytes, Capacity capacity) {
  const std::lock_guard lock(mutex_);
  if (closed_ || waiting_.size() >= capacity.tasks ||
      (bytes != 0 && waiting_bytes_ >= capacity.bytes)) {
    return Put::refused;
  }
  waiting_bytes_ += bytes;
  waiting_.push_back(std::move(task));
  return waiting_.size() == 1 ? Put::first : Put::waiting;
}

std::size_t Mailbox::run() {
  {
    const std::lock_guard lock(mutex_);
    waiting_.swap(running_);
    waiting_bytes_ = 0;
  }
  for (Task& task : running_) {
    task();
    task = nullptr;
  }
  const std::size_t count = running_.size();
  running_.clear();
  if (running_.capacity() > kept_capacity) {
    running_.shrink_to_fit();
  }
  return count;
}

void Mailbox::close() {
  std::vector<Task> dropped;
  const std::lock_guard lock(mutex_);
  closed_ = true;
  dropped.swap(waiting_);
}

}  // namespace engineio::net
