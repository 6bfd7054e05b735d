#include "adapters/wire/ids.hpp"

#include <cstddef>
#include <random>
#include <string_view>

namespace adapters::wire {

namespace {

std::string random_text(std::string_view alphabet, std::size_t size) {
  thread_local std::random_device device;
  std::uniform_int_distribution<std::size_t> position(0, alphabet.size() - 1);
  std::string text(size, '\0');
  for (char& character : text) {
    character = alphabet[position(device)];
  }
  return text;
}

}  // namespace

std::string short_id() {
  return random_text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", 6);
}

std::string hex_id() { return random_text("0123456789abcdef", 16); }

}  // namespace adapters::wire
