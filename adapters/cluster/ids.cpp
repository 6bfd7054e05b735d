#include "adapters/cluster/ids.hpp"

#include <random>
#include <string_view>

namespace adapters::cluster {

std::string random_id() {
  constexpr std::string_view digits = "0123456789abcdef";
  thread_local std::random_device device;
  std::string id;
  for (int half = 0; half < 2; ++half) {
    auto bits = device();
    for (int i = 0; i < 8; ++i) {
      id += digits[bits & 0xf];
      bits >>= 4;
    }
  }
  return id;
}

}  // namespace adapters::cluster
