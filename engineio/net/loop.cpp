#include "engineio/net/loop.hpp"

#include <utility>

namespace engineio::net {

namespace {

// Turns between two sleeps. A sleep of no time costs three system calls, a turn that finds nothing
// one; but only the sleep sees signals.
constexpr int max_turns = 64;

// How often in a row input that was left keeps timers waiting.
constexpr std::size_t max_turns_with_input_left = 16;

}  // namespace

Loop::Loop(unsigned index, const Limits& limits)
    : index_(index),
      mailbox_({.tasks = limits.mailbox_tasks, .bytes = limits.mailbox_bytes}),
      sleeper_(poller_.descriptor()) {}

Loop::~Loop() {
  while (!after_turn_.empty()) {  // what is destroyed may put off the destruction of more
    std::exchange(after_turn_, {});
  }
}

bool Loop::is_current() const noexcept {
  return thread_.load(std::memory_order_relaxed) == std::this_thread::get_id();
}

void Loop::belong_to_this_thread() noexcept {
  thread_.store(std::this_thread::get_id(), std::memory_order_relaxed);
}

Clock::time_point Loop::now() const noexcept { return running_ ? now_ : Clock::now(); }

bool Loop::post(Task task, std::size_t bytes) {
  const Mailbox::Put put = mailbox_.put(std::move(task), bytes);
  wake_after(put);
  return put != Mailbox::Put::refused;
}

bool Loop::post_essential(Task task) {
  const Mailbox::Put put = mailbox_.put_over_capacity(std::move(task));
  wake_after(put);
  return put != Mailbox::Put::refused;
}

void Loop::wake_after(Mailbox::Put put) {
  if (put == Mailbox::Put::first) {
    sleeper_.wake();
  }
}

void Loop::after_turn(Task task) { after_turn_.push_back(std::move(task)); }

void Loop::on_signals(const std::vector<int>& signals, Task handler) {
  SignalHandler& added = signal_handlers_.emplace_back(SignalHandler{std::move(handler)});
  sleeper_.on_signals(signals, [&added] { added.due = true; });
}

void Loop::run() noexcept {
  belong_to_this_thread();
  running_ = true;
  while (!stopping_) {
    busy_since_.store(asleep, std::memory_order_relaxed);
    bool ready = sleep();
    for (int turns = 0; turns < max_turns && !stopping_; ++turns) {
      ready = turn(ready);
      if (!ready) {
        break;
      }
    }
  }
  begin_turn();  // that ends in finish()
}

void Loop::stop() noexcept {
  stopping_ = true;
  sleeper_.wake();
}

void Loop::finish() noexcept {
  mailbox_.close();
  end_turn();
  cut_link();
  running_ = false;
  busy_since_.store(asleep, std::memory_order_relaxed);
}

std::optional<Clock::time_point> Loop::busy_since() const noexcept {
  const Clock::rep since = busy_since_.load(std::memory_order_relaxed);
  return since == asleep ? std::nullopt : std::optional(Clock::time_point(Clock::duration(since)));
}

bool Loop::sleep() {
  const auto deadline = timers_.next_deadline();
  if (flush_needed_ || (deadline && *deadline <= now_)) {
    return sleeper_.look();
  }
  return sleeper_.sleep(deadline);
}

void Loop::begin_turn() noexcept {
  now_ = Clock::now();
  busy_since_.store(now_.time_since_epoch().count(), std::memory_order_relaxed);
}

/// Returns whether it is worth looking again at once.
bool Loop::turn(bool descriptors_ready) {
  begin_turn();
  const auto deadline = timers_.next_deadline();
  const bool timers_due = deadline && *deadline <= now_;
  input_left_ = false;
  const bool polled = (descriptors_ready || timers_due) && poller_.poll() != 0;
  const bool ran = mailbox_.run() != 0;
  const bool wait = timers_due && timers_must_wait(polled || ran);
  if (!wait) {
    turns_without_timers_ = 0;
    turns_with_input_left_ = 0;
  }
  if (timers_due && !wait) {
    timers_.advance(now_);
  }
  for (SignalHandler& handler : signal_handlers_) {
    if (std::exchange(handler.due, false)) {
      handler.run();
    }
  }
  end_turn();
  return polled || wait;
}

/// While there is input, there may be more: in descriptors for which one look has no room, in
/// connections that have just been accepted or moved here, behind what one look has left. Not for
/// ever: after as many turns as it takes to look at each descriptor, and then at what came of that,
/// all was read that had arrived when the first of them began.
bool Loop::timers_must_wait(bool found) noexcept {
  if (input_left_ && ++turns_with_input_left_ <= max_turns_with_input_left) {
    return true;
  }
  const std::size_t enough = poller_.size() / Poller::batch + 2;
  return found && ++turns_without_timers_ < enough;
}

void Loop::end_turn() {
  turn_end_.run();
  flush_needed_ = false;
  if (flush_ != nullptr) {
    flush_->at_turn_end();
  }
  while (!turn_end_.empty() || !after_turn_.empty()) {
    turn_end_.run();
    for (Task& task : std::exchange(after_turn_, {})) {
      task();
    }
  }
}

}  // namespace engineio::net
