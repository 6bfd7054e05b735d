#include "engineio/core/random.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>

namespace engineio::core {

namespace {

struct Reserve {
  std::array<std::byte, 256> bytes;  // the most that getentropy() gives at once
  std::size_t used = sizeof(bytes);
};

void refill(Reserve& reserve) {
  if (::getentropy(reserve.bytes.data(), reserve.bytes.size()) != 0) {
    std::abort();  // Linux without a random generator: no id would be safe
  }
  reserve.used = 0;
}

}  // namespace

void fill_random(std::span<std::byte> bytes) {
  thread_local Reserve reserve;
  while (!bytes.empty()) {
    if (reserve.used == reserve.bytes.size()) {
      refill(reserve);
    }
    const std::size_t count = std::min(bytes.size(), reserve.bytes.size() - reserve.used);
    std::byte* source = reserve.bytes.data() + reserve.used;
    std::memcpy(bytes.data(), source, count);
    std::memset(source, 0, count);  // handed-out randomness is not left lying about
    reserve.used += count;
    bytes = bytes.subspan(count);
  }
}

}  // namespace engineio::core
