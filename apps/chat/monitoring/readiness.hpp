#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace chat {

/// Whether this node is to get clients: it is not draining, and what it needs can be written to.
/// Any thread.
class Readiness {
 public:
  using Clock = std::chrono::steady_clock;
  /// Empty: ready. Else why not.
  using Answer = std::function<void(std::string problem)>;
  /// Finds out whether the store can be written, and answers once: from any thread, at any time.
  using Probe = std::function<void(Answer answer)>;

  /// An answer counts for this long: who asks more often costs nothing.
  static constexpr std::chrono::milliseconds answer_lifetime{500};

  /// Empty: there is nothing to find out.
  explicit Readiness(Probe probe = nullptr);

  /// From now on it is not ready.
  void drain() noexcept { draining_ = true; }
  [[nodiscard]] bool draining() const noexcept { return draining_; }

  void ask(Clock::time_point now, Answer answer);

  /// What was answered last.
  [[nodiscard]] bool was_ready() const;

 private:
  void answered(Clock::time_point asked, std::string problem);

  const Probe probe_;
  std::atomic<bool> draining_ = false;
  mutable std::mutex mutex_;
  std::vector<Answer> waiting_;  // while a probe is under way
  Clock::time_point last_asked_ = Clock::time_point::min();
  std::string last_problem_;
};

}  // namespace chat
