#include "apps/chat/limits/rate_limiter.hpp"

#include <algorithm>

namespace chat {

RateLimiter::RateLimiter(Rate rate, std::size_t most_keys) : most_keys_(most_keys), rate_(rate) {}

bool RateLimiter::consume(std::string_view key, TimePoint now, unsigned points) {
  const std::lock_guard lock(mutex_);
  remove_ended(now);
  if (rate_.points == 0) {
    return true;
  }
  Window& window = open(key, now);
  if (points > rate_.points || window.taken > rate_.points - points) {
    return false;
  }
  window.taken += points;
  return true;
}

std::chrono::milliseconds RateLimiter::time_left(std::string_view key, TimePoint now) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_key_.find(key);
  if (found == by_key_.end() || found->second->end <= now) {
    return std::chrono::milliseconds(0);
  }
  return std::chrono::ceil<std::chrono::milliseconds>(found->second->end - now);
}

void RateLimiter::change(Rate rate) {
  const std::lock_guard lock(mutex_);
  rate_ = rate;
}

std::size_t RateLimiter::key_count() const {
  const std::lock_guard lock(mutex_);
  return by_key_.size();
}

RateLimiter::Window& RateLimiter::open(std::string_view key, TimePoint now) {
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    if (found->second->end > now) {
      return *found->second;
    }
    remove(found->second);
  }
  if (by_key_.size() >= most_keys_) {
    remove(windows_.begin());
  }
  windows_.push_back({.key = std::string(key), .end = now + rate_.duration});
  by_key_.emplace(windows_.back().key, std::prev(windows_.end()));
  return windows_.back();
}

// After change() a window may end before one that is in front of it: it is then removed when its
// key is asked for.
void RateLimiter::remove_ended(TimePoint now) {
  while (!windows_.empty() && windows_.front().end <= now) {
    remove(windows_.begin());
  }
}

void RateLimiter::remove(Windows::iterator window) {
  by_key_.erase(window->key);
  windows_.erase(window);
}

}  // namespace chat
