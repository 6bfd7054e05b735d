#pragma once

#include <mutex>
#include <utility>

namespace chat {

/// The way from another thread to something that may be destroyed meanwhile: who destroys it closes
/// the gate first, and nobody is behind it any more.
class Gate {
 public:
  /// Calls `act`, unless the gate is closed.
  template <class Act>
  void enter(Act&& act) {
    const std::lock_guard lock(mutex_);
    if (!closed_) {
      std::forward<Act>(act)();
    }
  }

  /// Waits for the call that is under way. Not from inside of enter().
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }

 private:
  std::mutex mutex_;
  bool closed_ = false;
};

}  // namespace chat
