#include "socketio/detail/string_id.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <random>

namespace socketio::detail {

namespace {

constexpr std::string_view id_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view yeast_alphabet =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
static_assert(id_alphabet.size() == 64 && yeast_alphabet.size() == 64);

constexpr std::size_t id_size = 20;
constexpr unsigned characters_per_word = 5;  // of 6 bits, in 32

}  // namespace

std::string random_id() {
  thread_local std::random_device generator;  // getentropy, /dev/urandom or the processor's
  std::string id(id_size, '\0');
  for (std::size_t i = 0; i < id_size; i += characters_per_word) {
    auto bits = generator();
    for (std::size_t j = 0; j < characters_per_word; ++j) {
      id[i + j] = id_alphabet[bits % 64];
      bits /= 64;
    }
  }
  return id;
}

std::string to_yeast(std::uint64_t number) {
  std::string text;
  do {
    text.push_back(yeast_alphabet[number % 64]);
    number /= 64;
  } while (number != 0);
  std::reverse(text.begin(), text.end());
  return text;
}

std::optional<std::uint64_t> from_yeast(std::string_view text) {
  constexpr std::size_t max_size = 10;  // 60 bits
  if (text.empty() || text.size() > max_size || (text.size() > 1 && text.front() == '0')) {
    return std::nullopt;
  }
  std::uint64_t number = 0;
  for (const char character : text) {
    const std::size_t digit = yeast_alphabet.find(character);
    if (digit == std::string_view::npos) {
      return std::nullopt;
    }
    number = number * 64 + digit;
  }
  return number;
}

}  // namespace socketio::detail
