#include "socketio/parser/utf8.hpp"

#include <bit>
#include <cstring>

namespace socketio::parser {
namespace {

constexpr std::uint64_t in_all_bytes(unsigned char byte) { return 0x0101010101010101U * byte; }

constexpr std::uint64_t high_bits = in_all_bytes(0x80);

bool is_plain(unsigned char c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; }

std::uint64_t load8(const char* text) {
  std::uint64_t word;
  std::memcpy(&word, text, sizeof word);
  return word;
}

/// The high bit of each byte that is not plain. A borrow can mark a byte behind the first such byte
/// wrongly: only the lowest mark counts.
std::uint64_t not_plain(std::uint64_t word) {
  const std::uint64_t control = word - in_all_bytes(0x20);
  const std::uint64_t quote = (word ^ in_all_bytes('"')) - in_all_bytes(1);
  const std::uint64_t backslash = (word ^ in_all_bytes('\\')) - in_all_bytes(1);
  return (word | control | quote | backslash) & high_bits;
}

const char* skip_ascii(const char* text, const char* end) {
  while (end - text >= 8 && (load8(text) & high_bits) == 0) {
    text += 8;
  }
  while (text != end && static_cast<unsigned char>(*text) < 0x80) {
    ++text;
  }
  return text;
}

/// Length of the character and the range of its second byte, by the first byte (Unicode,
/// table 3-7). Surrogates are let through here.
struct Lead {
  std::uint8_t size = 0;  // 0: not the first byte of a character
  std::uint8_t lowest = 0x80;
  std::uint8_t highest = 0xbf;
};

Lead lead(unsigned char byte) {
  if (byte < 0x80) {
    return {.size = 1};
  }
  if (byte < 0xc2 || byte > 0xf4) {
    return {};
  }
  if (byte < 0xe0) {
    return {.size = 2};
  }
  if (byte < 0xf0) {
    return {.size = 3, .lowest = static_cast<std::uint8_t>(byte == 0xe0 ? 0xa0 : 0x80)};
  }
  return {.size = 4,
          .lowest = static_cast<std::uint8_t>(byte == 0xf0 ? 0x90 : 0x80),
          .highest = static_cast<std::uint8_t>(byte == 0xf4 ? 0x8f : 0xbf)};
}

/// Calls `visit` with each character that is not ASCII until it returns false.
template <class Visitor>
bool for_each_character(std::string_view text, Visitor&& visit) {
  const char* const end = text.data() + text.size();
  for (const char* p = skip_ascii(text.data(), end); p != end; p = skip_ascii(p, end)) {
    const Character character = scan_character(p, end);
    if (!visit(p, character)) {
      return false;
    }
    p += character.size;
  }
  return true;
}

}  // namespace

const char* skip_plain(const char* text, const char* end) noexcept {
  if constexpr (std::endian::native == std::endian::little) {
    for (; end - text >= 8; text += 8) {
      if (const std::uint64_t marks = not_plain(load8(text)); marks != 0) {
        return text + std::countr_zero(marks) / 8;
      }
    }
  }
  while (text != end && is_plain(static_cast<unsigned char>(*text))) {
    ++text;
  }
  return text;
}

Character scan_character(const char* text, const char* end) noexcept {
  using Kind = Character::Kind;
  const auto byte = [&](int i) { return static_cast<unsigned char>(text[i]); };
  const Lead first = lead(byte(0));
  if (first.size <= 1) {
    return {first.size == 1 ? Kind::valid : Kind::invalid, 1};
  }
  const auto available = end - text;
  if (available < 2 || byte(1) < first.lowest || byte(1) > first.highest) {
    return {Kind::invalid, 1};
  }
  // Half of a surrogate is not the beginning of any character.
  const bool surrogate = byte(0) == 0xed && byte(1) >= 0xa0;
  for (std::uint8_t i = 2; i < first.size; ++i) {
    if (available <= i || (byte(i) & 0xc0U) != 0x80) {
      return {Kind::invalid, surrogate ? std::uint8_t{1} : i};
    }
  }
  return {surrogate ? Kind::surrogate : Kind::valid, first.size};
}

std::uint16_t decode_surrogate(const char* text) noexcept {
  return static_cast<std::uint16_t>(0xd000U |
                                    ((static_cast<unsigned char>(text[1]) & 0x3fU) << 6U) |
                                    (static_cast<unsigned char>(text[2]) & 0x3fU));
}

bool is_valid_utf8(std::string_view text) noexcept {
  return for_each_character(text, [](const char*, Character character) {
    return character.kind == Character::Kind::valid;
  });
}

bool is_valid_wtf8(std::string_view text) noexcept {
  return for_each_character(text, [](const char*, Character character) {
    return character.kind != Character::Kind::invalid;
  });
}

std::string sanitized_utf8(std::string_view text, bool keep_surrogates) {
  std::string result;
  const char* copied = text.data();
  for_each_character(text, [&](const char* p, Character character) {
    const bool keep = character.kind == Character::Kind::valid ||
                      (character.kind == Character::Kind::surrogate && keep_surrogates);
    if (!keep) {
      result.append(copied, p).append(replacement_character);
      copied = p + character.size;
    }
    return true;
  });
  return result.append(copied, text.data() + text.size());
}

}  // namespace socketio::parser
