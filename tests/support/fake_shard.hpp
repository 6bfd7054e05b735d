#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <utility>
#include <vector>

#include "engineio/shard.hpp"
#include "engineio/timers.hpp"

namespace support {

/// A shard whose time and turns are run by hand:
///
///     stream.feed("GET / HTTP/1.1\r\n...");  // something happens ...
///     shard.turn();                          // ... and the turn ends
///     shard.advance(25s);                    // time passes, what is due runs, and the turn ends
class FakeShard final : public engineio::Shard {
 public:
  explicit FakeShard(unsigned index = 0) : index_(index) {}
  ~FakeShard() override { stop(); }

  FakeShard(const FakeShard&) = delete;
  FakeShard& operator=(const FakeShard&) = delete;

  [[nodiscard]] unsigned index() const noexcept override { return index_; }
  [[nodiscard]] bool is_current() const noexcept override { return current; }
  [[nodiscard]] engineio::Clock::time_point now() const noexcept override { return now_; }
  [[nodiscard]] engineio::Clock::time_point precise_now() const noexcept override {
    return now_ + turn_has_taken;
  }
  [[nodiscard]] engineio::Timers& timers() noexcept override { return timers_; }

  using Shard::post;
  bool post(engineio::Task task, std::size_t bytes) override {
    bytes_posted += bytes;
    return !mailbox_full && post_essential(std::move(task));
  }

  bool post_essential(engineio::Task task) override {
    const std::lock_guard lock(mutex_);
    if (stopped_) {
      return false;
    }
    posted_.push_back(std::move(task));
    return true;
  }

  void at_turn_end(engineio::TurnEndWork& work) override {
    if (std::find(end_work_.begin(), end_work_.end(), &work) == end_work_.end()) {
      end_work_.push_back(&work);
    }
  }

  void withdraw(engineio::TurnEndWork& work) noexcept override {
    std::replace(end_work_.begin(), end_work_.end(), &work, no_work);
  }

  void after_turn(engineio::Task task) override { after_turn_.push_back(std::move(task)); }

  /// Runs the tasks posted so far, then the work put off to the end of the turn.
  void turn() {
    for (auto& task : take_posted()) {
      task();
    }
    end_turn();
  }

  /// Turns until nothing is posted any more. `limit` catches tasks that post themselves forever.
  void settle(int limit = 1000) {
    do {
      turn();
    } while (has_posted() && --limit > 0);
  }

  /// Lets time pass, stopping at each deadline on the way: what is due runs at its own time.
  void advance(engineio::Clock::duration duration) {
    const auto target = now_ + duration;
    for (auto next = timers_.next_deadline(); next && *next <= target;
         next = timers_.next_deadline()) {
      now_ = std::max(now_, *next);
      timers_.advance(now_);
      settle();
    }
    now_ = target;
    settle();
  }

  /// Drops everything that has not run, as a shard does that stops.
  void stop() {
    stopped_ = true;
    take_posted();
    end_work_.clear();
    while (!after_turn_.empty()) {
      std::exchange(after_turn_, {});
    }
  }

  [[nodiscard]] std::size_t posted() const {
    const std::lock_guard lock(mutex_);
    return posted_.size();
  }

  bool current = true;  ///< false: as if called from another thread
  bool mailbox_full = false;
  std::atomic<std::size_t> bytes_posted = 0;  ///< so far
  engineio::Clock::duration turn_has_taken{0};

 private:
  static constexpr engineio::TurnEndWork* no_work = nullptr;

  [[nodiscard]] bool has_posted() const { return posted() != 0; }

  std::vector<engineio::Task> take_posted() {
    const std::lock_guard lock(mutex_);
    return std::exchange(posted_, {});
  }

  void end_turn() {
    for (std::size_t i = 0; i < end_work_.size(); ++i) {  // the work may ask for more work
      if (auto* work = std::exchange(end_work_[i], no_work); work != no_work) {
        work->at_turn_end();
      }
    }
    end_work_.clear();
    while (!after_turn_.empty()) {
      for (auto& task : std::exchange(after_turn_, {})) {
        task();
      }
    }
  }

  const unsigned index_;
  engineio::Clock::time_point now_{std::chrono::hours(1)};
  engineio::Timers timers_;
  mutable std::mutex mutex_;
  bool stopped_ = false;
  std::vector<engineio::Task> posted_;
  std::vector<engineio::TurnEndWork*> end_work_;
  std::vector<engineio::Task> after_turn_;
};

}  // namespace support
