#include "tests/alloc/allocations.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <memory>
#include <new>

namespace {

thread_local std::size_t count = 0;

void* allocate(std::size_t size) {
  ++count;
  if (void* memory = std::malloc(size)) {  // NOLINT: this is operator new
    return memory;
  }
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void operator delete(void* memory) noexcept { std::free(memory); }                 // NOLINT
void operator delete[](void* memory) noexcept { std::free(memory); }               // NOLINT
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }    // NOLINT
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }  // NOLINT

namespace tests {

std::size_t allocations() noexcept { return count; }

}  // namespace tests

TEST_CASE("allocations are counted") {
  std::unique_ptr<int> kept;
  CHECK(tests::count_allocations([&] { kept = std::make_unique<int>(1); }) == 1);
  CHECK(tests::count_allocations([&] { *kept = 2; }) == 0);
}
