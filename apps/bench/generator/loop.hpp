#pragma once

#include <span>
#include <vector>

#include "apps/bench/generator/clock.hpp"

namespace bench {

/// What waits for a descriptor. Told once about every change, so it takes all there is.
class Watcher {
 public:
  virtual void on_ready() = 0;
  /// Sends what was queued since Loop::flush_soon().
  virtual void flush() = 0;

 protected:
  ~Watcher() = default;
};

/// Waits for descriptors with epoll. Watchers must outlive the loop's last turn.
class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Until the descriptor is closed.
  void watch(int descriptor, Watcher& watcher);
  /// After the event that is being handled, or at the begin of the next turn.
  void flush_soon(Watcher& watcher) { unflushed_.push_back(&watcher); }

  /// Waits for the next events, at most until `end`, and handles them.
  void turn(Time end);
  /// Turns for that long.
  void run_for(nanoseconds duration);

  /// When the event that is being handled was noticed.
  [[nodiscard]] Time now() const { return now_; }
  /// For receiving into: nothing in it survives the call of on_ready().
  [[nodiscard]] std::span<char> scratch() { return scratch_; }

 private:
  void flush_all();

  int epoll_;
  Time now_ = Clock::now();
  std::vector<Watcher*> unflushed_;
  std::vector<char> scratch_;
};

}  // namespace bench
