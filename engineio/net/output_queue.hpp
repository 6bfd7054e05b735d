#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engineio/bytes.hpp"

namespace engineio::net {

/// What waits to be sent on one connection.
class OutputQueue {
 public:
  void push(Slice slice);

  /// Removes bytes from the front, where there must be as many.
  void drop(std::size_t bytes) noexcept;
  void clear() noexcept;

  [[nodiscard]] bool empty() const noexcept { return bytes_ == 0; }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::span<const Slice> slices() const noexcept {
    return std::span(slices_).subspan(first_);
  }

 private:
  void drop_slices(std::size_t count) noexcept;

  std::vector<Slice> slices_;  // those before first_ are empty
  std::size_t first_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace engineio::net
