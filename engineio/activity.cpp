#include "engineio/activity.hpp"

#include <algorithm>
#include <cstddef>

#include "engineio/net/thread_barrier.hpp"

namespace engineio {

namespace {

constexpr std::size_t longest_name = 64;

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

bool may_be_shown(char c) { return static_cast<unsigned char>(c) >= ' ' && c != 0x7f && c != '`'; }

}  // namespace

// Each activity that has not ended when the threads pass the barrier finds, when it ends, that it
// is being read.
std::string CurrentActivity::describe() {
  being_read_.store(true, std::memory_order_relaxed);
  std::string description;
  if (net::pass_barrier_on_all_threads()) {
    description = describe_innermost();
  }
  being_read_.store(false, std::memory_order_release);
  being_read_.notify_one();
  return description;
}

std::string CurrentActivity::describe_innermost() const {
  if (const Activity* activity = innermost_.load(std::memory_order_acquire)) {
    return activity->describe_(activity->subject_);
  }
  if (const void* message = message_.load(std::memory_order_acquire)) {
    return describe_message_(message);
  }
  return {};
}

void CurrentActivity::wait_for_reader() const noexcept {
  being_read_.wait(true, std::memory_order_acquire);
}

std::string quoted(std::string_view name) {
  std::size_t end = std::min(name.size(), longest_name);
  while (end != 0 && end < name.size() && is_continuation(name[end])) {
    --end;
  }
  std::string text = "`";
  for (const char c : name.substr(0, end)) {
    text += may_be_shown(c) ? c : '?';
  }
  return text + '`';
}

}  // namespace engineio
