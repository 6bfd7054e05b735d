#pragma once

#include <atomic>
#include <functional>
#include <thread>

namespace socketio::detail {

/// Calls `on_signal`, on a thread of its own, at the first SIGINT or SIGTERM. Blocks them for the
/// thread that makes it and those that this makes from then on.
class SignalWaiter {
 public:
  explicit SignalWaiter(std::function<void()> on_signal);
  ~SignalWaiter();
  SignalWaiter(const SignalWaiter&) = delete;
  SignalWaiter& operator=(const SignalWaiter&) = delete;

 private:
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace socketio::detail
