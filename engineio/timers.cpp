#include "engineio/timers.hpp"

#include <algorithm>
#include <utility>

namespace engineio {

void Timer::stop() noexcept {
  if (timers_ != nullptr) {
    timers_->remove(*this);
    on_expiry_ = nullptr;
  }
}

Timers::~Timers() {
  own_timers_.clear();
  for (Timer* timer : heap_) {
    timer->timers_ = nullptr;
  }
}

void Timers::start(Timer& timer, Clock::time_point deadline, Function<void()> on_expiry) {
  timer.on_expiry_ = std::move(on_expiry);
  if (!timer.running()) {
    timer.timers_ = this;
    timer.position_ = heap_.size();
    heap_.push_back(&timer);
  }
  restart(timer, deadline);
}

void Timers::run_at(Clock::time_point deadline, Function<void()> task) {
  auto timer = std::make_unique<Timer>();
  Timer& started = *timer;
  own_timers_.emplace(&started, std::move(timer));
  start(started, deadline, [this, &started, task = std::move(task)]() mutable {
    const auto kept = std::move(own_timers_.extract(&started).mapped());
    task();
  });
}

void Timers::restart(Timer& timer, Clock::time_point deadline) noexcept {
  timer.deadline_ = std::max(deadline, earliest_);
  timer.order_ = next_order_++;
  sift_up(timer.position_);
  sift_down(timer.position_);
}

std::optional<Clock::time_point> Timers::next_deadline() const noexcept {
  if (heap_.empty()) {
    return std::nullopt;
  }
  return heap_.front()->deadline_;
}

void Timers::advance(Clock::time_point now) {
  // What is started meanwhile comes behind everything that is due, and is left for the next call:
  // a timer that starts itself again for `now` cannot keep this loop alive.
  const std::uint64_t end = next_order_;
  earliest_ = now;
  while (!heap_.empty() && heap_.front()->deadline_ <= now && heap_.front()->order_ < end) {
    Timer& timer = *heap_.front();
    remove(timer);
    Function<void()> on_expiry = std::move(timer.on_expiry_);
    on_expiry();
  }
  earliest_ = Clock::time_point::min();
}

bool Timers::before(const Timer& left, const Timer& right) noexcept {
  return left.deadline_ != right.deadline_ ? left.deadline_ < right.deadline_
                                           : left.order_ < right.order_;
}

void Timers::remove(Timer& timer) noexcept {
  const std::size_t position = timer.position_;
  timer.timers_ = nullptr;
  Timer* last = heap_.back();
  heap_.pop_back();
  if (last == &timer) {
    return;
  }
  place(last, position);
  sift_up(position);
  sift_down(last->position_);
}

void Timers::sift_up(std::size_t position) noexcept {
  Timer* timer = heap_[position];
  while (position > 0) {
    const std::size_t parent = (position - 1) / 2;
    if (before(*heap_[parent], *timer)) {
      break;
    }
    place(heap_[parent], position);
    position = parent;
  }
  place(timer, position);
}

void Timers::sift_down(std::size_t position) noexcept {
  Timer* timer = heap_[position];
  while (true) {
    std::size_t child = 2 * position + 1;
    if (child >= heap_.size()) {
      break;
    }
    if (child + 1 < heap_.size() && before(*heap_[child + 1], *heap_[child])) {
      ++child;
    }
    if (before(*timer, *heap_[child])) {
      break;
    }
    place(heap_[child], position);
    position = child;
  }
  place(timer, position);
}

void Timers::place(Timer* timer, std::size_t position) noexcept {
  heap_[position] = timer;
  timer->position_ = position;
}

}  // namespace engineio
