#include "engineio/net/loop.hpp"

#include <utility>

namespace engineio::net {

namespace {

// Turns between two sleeps. A sleep of no time costs three system calls, a turn that finds nothing
// one; but only the sleep sees signals.
constexpr int max_turns = 64;

}  // namespace

Loop::Loop(unsigned index, const Limits& limits)
    : index_(index),
      thread_(std::this_thread::get_id()),
      mailbox_(limits.mailbox_tasks),
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

bool Loop::post(Task task) {
  const Mailbox::Put put = mailbox_.put(std::move(task));
  wake_after(put);
  return put != Mailbox::Put::refused;
}

bool Loop::command(Task task) {
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
    bool ready = sleep();
    for (int turns = 0; turns < max_turns && !stopping_; ++turns) {
      ready = turn(ready);
      if (!ready) {
        break;
      }
    }
  }
}

void Loop::stop() noexcept {
  stopping_ = true;
  sleeper_.wake();
}

void Loop::finish() noexcept {
  mailbox_.close();
  end_turn();
  running_ = false;
}

bool Loop::sleep() {
  const auto deadline = timers_.next_deadline();
  if (flush_needed_ || (deadline && *deadline <= now_)) {
    return sleeper_.look();
  }
  return sleeper_.sleep(deadline);
}

/// Returns whether descriptors were ready, so that it is worth looking again.
bool Loop::turn(bool descriptors_ready) {
  now_ = Clock::now();
  const bool found = descriptors_ready && poller_.poll() != 0;
  timers_.advance(now_);
  mailbox_.run();
  for (SignalHandler& handler : signal_handlers_) {
    if (std::exchange(handler.due, false)) {
      handler.run();
    }
  }
  end_turn();
  return found;
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
