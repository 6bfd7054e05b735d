#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace engineio::net {

/// Counts the connections of a server against Limits::connections. Any thread.
class ConnectionCount {
  struct Leave {
    void operator()(ConnectionCount* count) const noexcept {
      count->open_.fetch_sub(1, std::memory_order_relaxed);
    }
  };

 public:
  /// One connection's place; given back when destroyed. Empty when there was none.
  using Place = std::unique_ptr<ConnectionCount, Leave>;

  explicit ConnectionCount(std::size_t limit) : limit_(limit) {}  ///< 0: no limit

  [[nodiscard]] Place enter() noexcept {
    Place place(this);
    const std::size_t others = open_.fetch_add(1, std::memory_order_relaxed);
    return limit_ != 0 && others >= limit_ ? nullptr : std::move(place);
  }

  [[nodiscard]] std::size_t open() const noexcept { return open_.load(std::memory_order_relaxed); }

 private:
  const std::size_t limit_;
  std::atomic<std::size_t> open_ = 0;
};

}  // namespace engineio::net
