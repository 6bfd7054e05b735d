#include "apps/chat/monitoring/readiness.hpp"

#include <utility>

namespace chat {

Readiness::Readiness(Probe probe) : probe_(std::move(probe)) {}

void Readiness::ask(Clock::time_point now, Answer answer) {
  if (draining_) {
    answer("draining");
    return;
  }
  if (!probe_) {
    answer("");
    return;
  }
  {
    std::unique_lock lock(mutex_);
    if (waiting_.empty() && last_asked_ != Clock::time_point::min() &&
        now - last_asked_ < answer_lifetime) {
      const std::string problem = last_problem_;
      lock.unlock();
      answer(problem);
      return;
    }
    waiting_.push_back(std::move(answer));
    if (waiting_.size() > 1) {
      return;
    }
  }
  probe_([this, now](std::string problem) { answered(now, std::move(problem)); });
}

void Readiness::answered(Clock::time_point asked, std::string problem) {
  std::vector<Answer> waiting;
  {
    const std::lock_guard lock(mutex_);
    waiting.swap(waiting_);
    last_asked_ = asked;
    last_problem_ = problem;
  }
  for (Answer& answer : waiting) {
    answer(problem);
  }
}

bool Readiness::was_ready() const {
  const std::lock_guard lock(mutex_);
  return !draining_ && last_problem_.empty();
}

}  // namespace chat
