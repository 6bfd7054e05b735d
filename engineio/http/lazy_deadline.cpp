#include "engineio/http/lazy_deadline.hpp"

namespace engineio::http {

void LazyDeadline::set(Clock::time_point deadline) {
  deadline_ = deadline;
  if (!timer_.running() || deadline < armed_for_) {
    arm(deadline);
  }
}

void LazyDeadline::arm(Clock::time_point when) {
  armed_for_ = when;
  timers_.start(timer_, when, [this] { on_expiry(); });
}

void LazyDeadline::on_expiry() {
  if (!deadline_) {
    return;
  }
  if (*deadline_ > armed_for_) {
    arm(*deadline_);
    return;
  }
  deadline_.reset();
  on_reached_();
}

}  // namespace engineio::http
