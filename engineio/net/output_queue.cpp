#include "engineio/net/output_queue.hpp"

#include <utility>

namespace engineio::net {

namespace {

// What an idle connection keeps of its queue, so that most writes need no allocation.
constexpr std::size_t kept_slices = 16;

// From here on, removing the empty entries in front is worth their number in moves.
constexpr std::size_t max_empty_slices = 256;

}  // namespace

void OutputQueue::push(Slice slice) {
  bytes_ += slice.size;
  slices_.push_back(std::move(slice));
}

void OutputQueue::drop(std::size_t bytes) noexcept {
  bytes_ -= bytes;
  std::size_t whole = first_;
  while (bytes > 0 && slices_[whole].size <= bytes) {
    bytes -= slices_[whole].size;
    ++whole;
  }
  drop_slices(whole - first_);
  if (bytes > 0) {
    slices_[first_].offset += static_cast<std::uint32_t>(bytes);
    slices_[first_].size -= static_cast<std::uint32_t>(bytes);
  }
}

void OutputQueue::clear() noexcept {
  std::exchange(slices_, {});
  first_ = 0;
  bytes_ = 0;
}

void OutputQueue::drop_slices(std::size_t count) noexcept {
  if (first_ + count == slices_.size()) {
    first_ = 0;
    if (slices_.capacity() > kept_slices) {
      std::exchange(slices_, {});
    } else {
      slices_.clear();
    }
    return;
  }
  for (std::size_t i = 0; i < count; ++i) {
    slices_[first_++].bytes = {};
  }
  if (first_ > max_empty_slices && first_ > slices_.size() / 2) {
    slices_.erase(slices_.begin(), slices_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
}

}  // namespace engineio::net
