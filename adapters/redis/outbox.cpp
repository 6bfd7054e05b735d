#include "adapters/redis/outbox.hpp"

#include <utility>

namespace adapters::redis {

Outbox::Outbox(std::size_t max_commands, std::size_t max_bytes)
    : max_commands_(max_commands), max_bytes_(max_bytes) {}

Outbox::Put Outbox::accept(CommandHeader header, ResultCallback& callback) {
  const std::size_t bytes = bytes_.load(std::memory_order_relaxed);
  if (commands_.load(std::memory_order_relaxed) >= max_commands_ || header.size > max_bytes_ ||
      bytes > max_bytes_ - header.size) {
    waiting_.bytes.resize(waiting_.bytes.size() - header.size);
    ++refused_;
    return Put::refused;
  }
  commands_.fetch_add(1, std::memory_order_relaxed);
  bytes_.fetch_add(header.size, std::memory_order_relaxed);
  header.counted = true;
  header.has_callback = static_cast<bool>(callback);
  waiting_.headers.push_back(header);
  if (callback) {
    waiting_.callbacks.push_back(std::move(callback));
  }
  ++accepted_;
  return waiting_.headers.size() == 1 ? Put::first : Put::waiting;
}

std::uint64_t Outbox::accepted() const {
  const std::lock_guard lock(mutex_);
  return accepted_;
}

std::uint64_t Outbox::refused() const {
  const std::lock_guard lock(mutex_);
  return refused_;
}

CommandBatch Outbox::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(waiting_, {});
}

void Outbox::release(std::size_t commands, std::size_t bytes) noexcept {
  commands_.fetch_sub(commands, std::memory_order_relaxed);
  bytes_.fetch_sub(bytes, std::memory_order_relaxed);
}

CommandBatch Outbox::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  return std::exchange(waiting_, {});
}

}  // namespace adapters::redis
