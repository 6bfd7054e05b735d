#include "tests/fuzz/randomness.hpp"

#include <cstddef>
#include <random>
#include <span>

#include "engineio/core/random.hpp"

// This program defines both sources of randomness itself, which come before those of the C++
// library and the C library.

namespace {

std::minstd_rand generator;
std::size_t refills = 0;

}  // namespace

std::random_device::result_type std::random_device::_M_getval() {
  return static_cast<unsigned>(generator());
}

extern "C" int getentropy(void* buffer, std::size_t size) {
  ++refills;
  for (std::size_t i = 0; i < size; ++i) {
    static_cast<unsigned char*>(buffer)[i] = static_cast<unsigned char>(generator() >> 8U);
  }
  return 0;
}

namespace fuzz {

void restart_randomness() {
  generator.seed(1);
  // Randomness is kept in store: takes what was left of it.
  for (const std::size_t before = refills; refills == before;) {
    std::byte byte;
    engineio::core::fill_random(std::span(&byte, 1));
  }
}

}  // namespace fuzz
