#include "engineio/net/joined_input.hpp"

#include <algorithm>
#include <utility>

namespace engineio::net {

JoinedInput::JoinedInput(std::string kept, std::span<char> fresh, std::size_t headroom)
    : kept_(std::move(kept)), bytes_(fresh), headroom_(headroom) {
  if (kept_.size() > headroom_) {
    kept_.append(fresh.data(), fresh.size());
    bytes_ = kept_;
  } else if (!kept_.empty()) {
    bytes_ = {fresh.data() - kept_.size(), kept_.size() + fresh.size()};
    std::copy(kept_.begin(), kept_.end(), bytes_.begin());
  }
}

std::string JoinedInput::keep(std::size_t size) {
  const bool in_kept = bytes_.data() == kept_.data();
  if (in_kept && size > headroom_) {
    kept_.erase(0, kept_.size() - size);
    return std::move(kept_);
  }
  return {bytes_.data() + bytes_.size() - size, size};
}

}  // namespace engineio::net
