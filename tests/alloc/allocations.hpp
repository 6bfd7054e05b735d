#pragma once

#include <cstddef>

namespace tests {

/// Calls of operator new by this thread so far. This program replaces operator new.
[[nodiscard]] std::size_t allocations() noexcept;

template <class F>
[[nodiscard]] std::size_t count_allocations(F&& call) {
  const std::size_t before = allocations();
  call();
  return allocations() - before;
}

}  // namespace tests
