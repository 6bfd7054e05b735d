#include "engineio/protocol/utf8.hpp"

#include <array>
#include <cstring>
#include <utility>

namespace engineio::protocol {
namespace {

std::uint64_t load_8(const char* bytes) {
  std::uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

/// Number of ASCII bytes at the start.
std::size_t ascii_prefix(std::string_view text) {
  constexpr std::uint64_t high_bits = 0x8080808080808080;
  std::size_t i = 0;
  while (i + 16 <= text.size() && ((load_8(&text[i]) | load_8(&text[i + 8])) & high_bits) == 0) {
    i += 16;
  }
  if (i + 8 <= text.size() && (load_8(&text[i]) & high_bits) == 0) {
    i += 8;
  }
  while (i < text.size() && static_cast<unsigned char>(text[i]) < 0x80) {
    ++i;
  }
  return i;
}

constexpr std::uint8_t never = 0xff;

/// What the first byte of a character says about the bytes behind it.
struct Lead {
  std::uint8_t missing = never;  // how many there are; `never`: no character starts like this
  std::uint8_t lowest = 0xff;    // range of the next one; empty where no character starts
  std::uint8_t highest = 0;
};

/// Overlong forms, surrogates and what lies beyond U+10FFFF show in the second byte.
constexpr std::array<Lead, 256> make_leads() {
  std::array<Lead, 256> leads{};
  for (std::size_t byte = 0; byte < 0xf5; ++byte) {
    if (byte < 0x80 || byte >= 0xc2) {
      const std::uint8_t missing = byte < 0x80 ? 0 : byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
      leads[byte] = {missing, 0x80, 0xbf};
    }
  }
  leads[0xe0].lowest = 0xa0;
  leads[0xed].highest = 0x9f;
  leads[0xf0].lowest = 0x90;
  leads[0xf4].highest = 0x8f;
  return leads;
}

constexpr std::array<Lead, 256> leads = make_leads();

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

/// Size of the whole valid character at the start of `text`, which is not empty, or 0.
std::size_t character_size(std::string_view text) {
  const Lead lead = leads[static_cast<unsigned char>(text[0])];
  const std::size_t size = std::size_t{1} + lead.missing;
  if (size == 1 || size > text.size()) {
    return size == 1 ? 1 : 0;
  }
  const auto second = static_cast<unsigned char>(text[1]);
  const bool valid = second >= lead.lowest && second <= lead.highest &&
                     (size < 3 || is_continuation(text[2])) &&
                     (size < 4 || is_continuation(text[3]));
  return valid ? size : 0;
}

/// Size of what one U+FFFD stands for: the longest part of a character at the start of `text`,
/// where no whole one is.
std::size_t broken_size(std::string_view text) {
  auto [missing, lowest, highest] = leads[static_cast<unsigned char>(text[0])];
  std::size_t size = 1;
  for (; missing != never && missing > 0 && size < text.size(); --missing, ++size) {
    const auto byte = static_cast<unsigned char>(text[size]);
    if (byte < lowest || byte > highest) {
      break;
    }
    lowest = 0x80;
    highest = 0xbf;
  }
  return size;
}

/// Length of the valid start of `text`, in whole characters.
std::size_t valid_prefix(std::string_view text) {
  std::size_t i = ascii_prefix(text);
  while (i < text.size()) {
    const std::size_t size = character_size(text.substr(i));
    if (size == 0) {
      break;
    }
    i += size;
    if (i < text.size() && static_cast<unsigned char>(text[i]) < 0x80) {
      i += ascii_prefix(text.substr(i));
    }
  }
  return i;
}

bool needs_surrogates(char c) { return static_cast<unsigned char>(c) >= 0xf0; }

}  // namespace

bool Utf8Validator::feed_byte(unsigned char byte) {
  if (missing_ == 0) {
    const Lead lead = leads[byte];
    missing_ = lead.missing == never ? invalid : lead.missing;
    lowest_ = lead.lowest;
    highest_ = lead.highest;
    return missing_ != invalid;
  }
  if (missing_ == invalid || byte < lowest_ || byte > highest_) {
    missing_ = invalid;
    return false;
  }
  --missing_;
  lowest_ = 0x80;
  highest_ = 0xbf;
  return true;
}

bool Utf8Validator::feed(std::string_view bytes) {
  while (missing_ != 0 && !bytes.empty()) {
    if (!feed_byte(static_cast<unsigned char>(bytes.front()))) {
      return false;
    }
    bytes.remove_prefix(1);
  }
  bytes.remove_prefix(valid_prefix(bytes));
  for (const char c : bytes) {
    if (!feed_byte(static_cast<unsigned char>(c))) {
      return false;
    }
  }
  return missing_ != invalid;
}

bool is_valid_utf8(std::string_view text) { return valid_prefix(text) == text.size(); }

std::size_t utf16_length(std::string_view text) {
  std::size_t units = 0;
  for (const char c : text) {
    units += is_continuation(c) ? 0 : 1;
    units += needs_surrogates(c) ? 1 : 0;
  }
  return units;
}

std::optional<std::size_t> utf16_prefix(std::string_view text, std::size_t units) {
  std::size_t i = 0;
  while (units > 0 && i < text.size()) {
    const std::size_t width = needs_surrogates(text[i]) ? 2 : 1;
    if (width > units) {
      return std::nullopt;
    }
    units -= width;
    do {
      ++i;
    } while (i < text.size() && is_continuation(text[i]));
  }
  return units == 0 ? std::optional(i) : std::nullopt;
}

void sanitize_utf8(std::string& text) {
  std::string_view rest = text;
  std::size_t valid = valid_prefix(rest);
  if (valid == rest.size()) {
    return;
  }
  std::string clean;
  clean.reserve(text.size() + text.size() / 8);
  while (true) {
    clean += rest.substr(0, valid);
    rest.remove_prefix(valid);
    if (rest.empty()) {
      break;
    }
    clean += "\xef\xbf\xbd";
    rest.remove_prefix(broken_size(rest));
    valid = valid_prefix(rest);
  }
  text = std::move(clean);
}

}  // namespace engineio::protocol
