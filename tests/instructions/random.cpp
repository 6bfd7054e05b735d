#include <cstddef>
#include <random>

// Ids are random, and so is the bucket that a hash table keeps one in: a look-up costs a few
// instructions more or less. This program defines both sources of randomness itself, which come
// before those of the C++ library and the C library: the ids are the same in every run.

namespace {

unsigned next_number() {
  static std::minstd_rand generator;
  return static_cast<unsigned>(generator());
}

}  // namespace

std::random_device::result_type std::random_device::_M_getval() { return next_number(); }

extern "C" int getentropy(void* buffer, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    static_cast<unsigned char*>(buffer)[i] = static_cast<unsigned char>(next_number() >> 8U);
  }
  return 0;
}
