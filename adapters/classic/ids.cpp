#include "adapters/classic/ids.hpp"

#include <cstdint>
#include <random>
#include <string_view>

namespace adapters::classic {

std::string random_id() {
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  thread_local std::mt19937_64 generator{(std::uint64_t{std::random_device{}()} << 32) |
                                         std::random_device{}()};
  std::uint64_t bits = generator();
  std::string id(6, '\0');
  for (char& character : id) {
    character = alphabet[bits % alphabet.size()];
    bits /= alphabet.size();
  }
  return id;
}

}  // namespace adapters::classic
