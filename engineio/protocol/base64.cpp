#include "engineio/protocol/base64.hpp"

#include <array>
#include <cstdint>

namespace engineio::protocol {
namespace {

constexpr std::string_view standard_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// Both marks have a bit above the six of a digit, so that one test finds either among four values.
constexpr std::uint8_t skipped = 0x40;
constexpr std::uint8_t end_of_input = 0x80;

constexpr std::array<std::uint8_t, 256> make_values() {
  std::array<std::uint8_t, 256> values{};
  values.fill(skipped);
  for (std::uint8_t i = 0; i < 64; ++i) {
    values[static_cast<unsigned char>(standard_digits[i])] = i;
    values[static_cast<unsigned char>(url_digits[i])] = i;
  }
  values['='] = end_of_input;
  return values;
}

constexpr std::array<std::uint8_t, 256> values = make_values();

std::uint32_t value(char c) { return values[static_cast<unsigned char>(c)]; }

std::uint32_t byte(std::string_view bytes, std::size_t i) {
  return static_cast<unsigned char>(bytes[i]);
}

/// Decodes whole groups of four plain digits; returns the end of what was read and of what was
/// written.
struct Progress {
  std::size_t read = 0;
  std::size_t written = 0;
};

Progress decode_plain_groups(std::span<char> text) {
  Progress done;
  while (text.size() - done.read >= 4) {
    const char* in = text.data() + done.read;
    const std::uint32_t a = value(in[0]), b = value(in[1]), c = value(in[2]), d = value(in[3]);
    if (((a | b | c | d) & (skipped | end_of_input)) != 0) {
      break;
    }
    const std::uint32_t group = a << 18 | b << 12 | c << 6 | d;
    char* out = text.data() + done.written;
    out[0] = static_cast<char>(group >> 16);
    out[1] = static_cast<char>(group >> 8);
    out[2] = static_cast<char>(group);
    done.read += 4;
    done.written += 3;
  }
  return done;
}

}  // namespace

std::size_t encode_base64(std::string_view bytes, char* out, Base64Alphabet alphabet) {
  const bool padded = alphabet == Base64Alphabet::standard;
  const char* digits = padded ? standard_digits.data() : url_digits.data();
  const char* const begin = out;
  std::size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const std::uint32_t group = byte(bytes, i) << 16 | byte(bytes, i + 1) << 8 | byte(bytes, i + 2);
    *out++ = digits[group >> 18];
    *out++ = digits[group >> 12 & 63];
    *out++ = digits[group >> 6 & 63];
    *out++ = digits[group & 63];
  }
  const std::size_t rest = bytes.size() - i;
  if (rest > 0) {
    const std::uint32_t group = byte(bytes, i) << 16 | (rest == 2 ? byte(bytes, i + 1) << 8 : 0);
    *out++ = digits[group >> 18];
    *out++ = digits[group >> 12 & 63];
    if (rest == 2) {
      *out++ = digits[group >> 6 & 63];
    }
    for (std::size_t missing = rest; padded && missing < 3; ++missing) {
      *out++ = '=';
    }
  }
  return static_cast<std::size_t>(out - begin);
}

void append_base64(std::string& out, std::string_view bytes) {
  const std::size_t old_size = out.size();
  out.resize(old_size + base64_size(bytes.size()));
  encode_base64(bytes, out.data() + old_size);
}

std::span<char> decode_base64(std::span<char> text) {
  auto [read, written] = decode_plain_groups(text);
  std::uint32_t bits = 0;
  int bit_count = 0;
  for (; read < text.size(); ++read) {
    const std::uint32_t digit = value(text[read]);
    if (digit == end_of_input) {
      break;
    }
    if (digit == skipped) {
      continue;
    }
    bits = bits << 6 | digit;
    bit_count += 6;
    if (bit_count >= 8) {
      bit_count -= 8;
      text[written++] = static_cast<char>(bits >> bit_count);
    }
  }
  return text.first(written);
}

}  // namespace engineio::protocol
