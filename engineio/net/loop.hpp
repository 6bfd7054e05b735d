#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <optional>
#include <thread>
#include <vector>

#include "engineio/net/mailbox.hpp"
#include "engineio/net/poller.hpp"
#include "engineio/net/sleeper.hpp"
#include "engineio/net/turn_end.hpp"
#include "engineio/options.hpp"
#include "engineio/shard.hpp"

namespace engineio::net {

/// A shard: one thread that sleeps until something is ready, and then runs turns until nothing is.
/// A turn is, in this order:
///
/// 1. descriptors that are ready (Poller), tasks from the mailbox, timers that are due;
/// 2. work put off to the end of the turn (Shard::at_turn_end), then the flush of all connections
///    that have output;
/// 3. tasks for after the turn, which is when objects are destroyed.
///
/// What has arrived by the time a deadline is over is read before the timer runs, also after a turn
/// that took too long: a peer is not given up whose answer waits in the kernel. (Up to a measure:
/// behind 1 MiB of one connection, or behind a thousand others that wait to be accepted, it may
/// come too late.)
///
/// Exceptions must not reach the loop: one that leaves a task or a timer ends the process.
class Loop final : public Shard {
 public:
  Loop(unsigned index, const Limits& limits);  ///< throws std::system_error
  ~Loop() override;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  [[nodiscard]] unsigned index() const noexcept override { return index_; }

  /// True on the thread that run() runs on. Before that on none: whoever came to the loop's things
  /// directly would meet a thread that enters run() meanwhile. After it on the thread that was
  /// named by belong_to_this_thread() last: that which called LoopGroup::run().
  [[nodiscard]] bool is_current() const noexcept override;

  using Shard::post;
  bool post(Task task, std::size_t bytes) override;
  bool post_essential(Task task) override;

  /// The time at which the turn began; outside of run(), the time of the call.
  [[nodiscard]] Clock::time_point now() const noexcept override;
  [[nodiscard]] Clock::time_point precise_now() const noexcept override { return Clock::now(); }
  [[nodiscard]] Timers& timers() noexcept override { return timers_; }
  void at_turn_end(TurnEndWork& work) override { turn_end_.add(work); }
  void withdraw(TurnEndWork& work) noexcept override { turn_end_.withdraw(work); }
  void after_turn(Task task) override;

  // For the rest of this folder.

  /// Runs turns on the calling thread until stop(), at most once.
  void run() noexcept;

  /// Makes run() return at the end of its turn. Any thread.
  void stop() noexcept;

  /// After run(): destroys the tasks that wait, refuses new ones, and ends the last turn.
  void finish() noexcept;

  void belong_to_this_thread() noexcept;

  /// When the turn began that the loop is in; nullopt while it sleeps. Any thread.
  [[nodiscard]] std::optional<Clock::time_point> busy_since() const noexcept;

  [[nodiscard]] Poller& poller() noexcept { return poller_; }

  /// Runs `flush` once in each turn, after the work that may produce output.
  void set_flush(TurnEndWork& flush) noexcept { flush_ = &flush; }

  /// A look at a descriptor left some of its input for the next turn.
  void input_left() noexcept { input_left_ = true; }

  /// There is something to flush: if that is said after this turn's flush, the next turn follows
  /// at once.
  void flush_needed() noexcept { flush_needed_ = true; }

  /// Runs `handler` in a turn after one of `signals` has arrived. A signal has one handler. Before
  /// run(). Throws std::system_error.
  void on_signals(const std::vector<int>& signals, Task handler);

 private:
  static constexpr Clock::rep asleep = -1;

  struct SignalHandler {
    Task run;
    bool due = false;
  };

  bool sleep();
  void begin_turn() noexcept;
  bool turn(bool descriptors_ready);
  [[nodiscard]] bool timers_must_wait(bool found) noexcept;
  void end_turn();
  void wake_after(Mailbox::Put put);

  const unsigned index_;
  std::atomic<std::thread::id> thread_;
  std::atomic<bool> stopping_ = false;
  Mailbox mailbox_;
  Poller poller_;
  Sleeper sleeper_;
  Timers timers_;
  TurnEnd turn_end_;
  TurnEndWork* flush_ = nullptr;
  std::vector<Task> after_turn_;
  std::deque<SignalHandler> signal_handlers_;
  Clock::time_point now_;
  std::atomic<Clock::rep> busy_since_ = asleep;
  std::size_t turns_without_timers_ = 0;
  std::size_t turns_with_input_left_ = 0;
  bool input_left_ = false;
  bool running_ = false;
  bool flush_needed_ = false;
};

}  // namespace engineio::net
