#include "engineio/net/watchdog.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "engineio/net/loop.hpp"

namespace engineio::net {

namespace {

using namespace std::chrono_literals;

/// How exactly the end of a stall is noticed.
constexpr std::chrono::milliseconds longest_wait_for_end = 10ms;

}  // namespace

std::optional<Stall> StallDetector::look(Clock::time_point now,
                                         std::optional<Clock::time_point> busy_since,
                                         const std::function<std::string()>& activity) {
  if (stalled_since_ && busy_since != stalled_since_) {
    const Stall end = report(now, true);
    stalled_since_.reset();
    return end;
  }
  if (!stalled_since_ && busy_since && now - *busy_since >= threshold_) {
    stalled_since_ = busy_since;
    activity_ = activity();
    return report(now, false);
  }
  return std::nullopt;
}

Clock::time_point StallDetector::next_look(Clock::time_point now,
                                           std::optional<Clock::time_point> busy_since) const {
  return stalled_since_ ? now + std::min(threshold_, longest_wait_for_end)
                        : busy_since.value_or(now) + threshold_;
}

Stall StallDetector::report(Clock::time_point now, bool over) const {
  const auto duration =
      std::chrono::duration_cast<std::chrono::milliseconds>(now - *stalled_since_);
  return {.shard = shard_, .duration = duration, .over = over, .activity = activity_};
}

Watchdog::Watchdog(std::vector<Loop*> loops, std::chrono::milliseconds threshold, OnStall on_stall)
    : loops_(std::move(loops)), on_stall_(std::move(on_stall)) {
  for (const Loop* loop : loops_) {
    detectors_.emplace_back(loop->index(), threshold);
  }
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void Watchdog::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  for (bool last = false; !last;) {
    last = stop.stop_requested();  // then all loops have ended, and so has what was reported
    Clock::time_point next = Clock::time_point::max();
    for (std::size_t i = 0; i < loops_.size(); ++i) {
      next = std::min(next, look(*loops_[i], detectors_[i]));
    }
    wake_up_.wait_until(lock, stop, next, [] { return false; });
  }
}

Clock::time_point Watchdog::look(Loop& loop, StallDetector& detector) {
  const Clock::time_point now = Clock::now();  // first: this thread may be held up in between
  const auto busy_since = loop.busy_since();
  const auto activity = [&] {
    std::string description = loop.activity().describe();
    return loop.busy_since() == busy_since ? description : "";  // it may be another turn's
  };
  if (const auto stall = detector.look(now, busy_since, activity)) {
    on_stall_(*stall);
  }
  return detector.next_look(now, busy_since);
}

}  // namespace engineio::net
