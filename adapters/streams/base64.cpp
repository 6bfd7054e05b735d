#include "adapters/streams/base64.hpp"

#include <cstdint>

namespace adapters::streams {

namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// -1: not in the alphabet.
int value_of(char digit) noexcept {
  if (digit == '-') {
    return 62;
  }
  if (digit == '_') {
    return 63;
  }
  const auto position = alphabet.find(digit);
  return position == std::string_view::npos ? -1 : static_cast<int>(position);
}

}  // namespace

std::string to_base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t j = i; j < i + 3; ++j) {
      group = group << 8 | (j < bytes.size() ? static_cast<unsigned char>(bytes[j]) : 0U);
    }
    for (int digit = 0; digit < 4; ++digit) {
      text += alphabet[group >> (18 - 6 * digit) & 0x3f];
    }
  }
  if (bytes.size() % 3 != 0) {
    const std::size_t padding = 3 - bytes.size() % 3;
    text.replace(text.size() - padding, padding, padding, '=');
  }
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  while (text.ends_with('=')) {
    text.remove_suffix(1);
  }
  std::string bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char digit : text) {
    const int value = value_of(digit);
    if (value < 0) {
      return std::nullopt;
    }
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes += static_cast<char>(bits >> count & 0xff);
    }
  }
  return bytes;
}

}  // namespace adapters::streams
