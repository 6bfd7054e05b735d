#include "engineio/core/drain.hpp"

#include <algorithm>
#include <random>
#include <utility>

namespace engineio::core {

namespace {

constexpr std::chrono::milliseconds step_interval{10};

}  // namespace

Drain::Drain(Shard& shard, std::vector<std::string> ids, std::chrono::milliseconds span,
             Actions actions)
    : shard_(shard),
      ids_(std::move(ids)),
      span_(span),
      actions_(std::move(actions)),
      begin_(shard.now()) {
  std::shuffle(ids_.begin(), ids_.end(), std::minstd_rand(std::random_device()()));
  step();
}

void Drain::step() {
  for (const std::size_t end = due(); closed_ < end; ++closed_) {
    actions_.close(ids_[closed_]);
  }
  if (shard_.now() >= begin_ + span_ || actions_.is_empty()) {
    actions_.on_drained();
    return;
  }
  const auto next = std::min(shard_.now() + step_interval, begin_ + span_);
  shard_.timers().start(timer_, next, [this] { step(); });
}

std::size_t Drain::due() const {
  const auto passed = shard_.now() - begin_;
  if (passed >= span_) {
    return ids_.size();
  }
  const double share = std::chrono::duration<double>(passed) / std::chrono::duration<double>(span_);
  return static_cast<std::size_t>(share * static_cast<double>(ids_.size()));
}

}  // namespace engineio::core
