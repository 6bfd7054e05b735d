#include "engineio/net/turn_end.hpp"

#include <algorithm>
#include <cstddef>

namespace engineio {

void TurnEnd::add(TurnEndWork& work) {
  if (!work.mark.queued_) {
    queue_.push_back(&work);
    work.mark.queued_ = true;
  }
}

void TurnEnd::withdraw(TurnEndWork& work) noexcept {
  if (work.mark.queued_) {
    work.mark.queued_ = false;
    *std::find(queue_.begin(), queue_.end(), &work) = nullptr;
  }
}

void TurnEnd::run() {
  for (std::size_t i = 0; i < queue_.size(); ++i) {  // the queue may grow meanwhile
    if (TurnEndWork* work = queue_[i]; work != nullptr) {
      queue_[i] = nullptr;
      work->mark.queued_ = false;
      work->at_turn_end();
    }
  }
  queue_.clear();
}

}  // namespace engineio
