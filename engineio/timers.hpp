#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "engineio/function.hpp"

namespace engineio {

/// All deadlines use the steady clock: a jump of the wall clock changes nothing.
using Clock = std::chrono::steady_clock;

class Timers;

/// One deadline. It is a member of what it watches over; destroying it stops it.
class Timer {
 public:
  Timer() = default;
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer() { stop(); }

  [[nodiscard]] bool running() const noexcept { return timers_ != nullptr; }
  void stop() noexcept;

 private:
  friend class Timers;

  Timers* timers_ = nullptr;
  std::size_t position_ = 0;
  Clock::time_point deadline_;
  std::uint64_t order_ = 0;
  Function<void()> on_expiry_;
};

/// The deadlines of one shard: a binary heap, exact to the clock's tick. It knows no clock and does
/// not sleep: its owner asks when the next deadline is and tells it what time it is.
class Timers {
 public:
  Timers() = default;
  Timers(const Timers&) = delete;
  Timers& operator=(const Timers&) = delete;
  ~Timers();

  /// (Re)starts `timer`, which must not be running elsewhere; `on_expiry` runs once from advance().
  /// O(log n).
  void start(Timer& timer, Clock::time_point deadline, Function<void()> on_expiry);

  /// Runs `task` once at `deadline`, for what nobody needs to stop.
  void run_at(Clock::time_point deadline, Function<void()> task);

  /// Moves the deadline of a running timer, keeping its callback.
  void restart(Timer& timer, Clock::time_point deadline) noexcept;

  [[nodiscard]] std::optional<Clock::time_point> next_deadline() const noexcept;

  /// Runs everything due at `now`, in the order of the deadlines and for equal ones in the order of
  /// the starts. Callbacks may start, stop and destroy any timer; what they start for `now` or
  /// earlier runs in the next call.
  void advance(Clock::time_point now);

  [[nodiscard]] std::size_t size() const noexcept { return heap_.size(); }

 private:
  friend class Timer;

  [[nodiscard]] static bool before(const Timer& left, const Timer& right) noexcept;
  void remove(Timer& timer) noexcept;
  void sift_up(std::size_t position) noexcept;
  void sift_down(std::size_t position) noexcept;
  void place(Timer* timer, std::size_t position) noexcept;

  std::vector<Timer*> heap_;
  std::unordered_map<const Timer*, std::unique_ptr<Timer>> own_timers_;  // of run_at()
  std::uint64_t next_order_ = 0;
  Clock::time_point earliest_ = Clock::time_point::min();  // that a timer may start for
};

}  // namespace engineio
