#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace engineio::net {

/// Bytes that were kept and fresh ones behind them, in one piece. A small remainder is copied in
/// front of the fresh bytes, so a split message costs no more than its length; a large one grows
/// and is copied no further.
class JoinedInput {
 public:
  /// There is room for `headroom` bytes in front of `fresh`, which are used in place.
  JoinedInput(std::string kept, std::span<char> fresh, std::size_t headroom);
  JoinedInput(const JoinedInput&) = delete;
  JoinedInput& operator=(const JoinedInput&) = delete;

  [[nodiscard]] std::span<char> bytes() const noexcept { return bytes_; }

  /// What is to be kept of it, when all but the last `size` bytes were consumed. Afterwards bytes()
  /// is no more.
  [[nodiscard]] std::string keep(std::size_t size);

 private:
  std::string kept_;
  std::span<char> bytes_;
  const std::size_t headroom_;
};

}  // namespace engineio::net
