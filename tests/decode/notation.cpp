#include "tests/decode/notation.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <optional>

namespace decode {
namespace {

void append_hex(std::string& out, std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += digits[byte >> 4U];
    out += digits[byte & 0xfU];
  }
}

/// Takes one character off the front of UTF-8 or WTF-8.
std::optional<std::uint32_t> take_character(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if ((first >= 0x80 && first < 0xc2) || first > 0xf4 || text.size() < size) {
    return std::nullopt;
  }
  std::uint32_t code = size == 1 ? first : first & (0x7fU >> size);
  for (const char c : text.substr(1, size - 1)) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xc0U) != 0x80) {
      return std::nullopt;
    }
    code = code << 6U | (byte & 0x3fU);
  }
  constexpr std::array<std::uint32_t, 5> lowest = {0, 0, 0x80, 0x800, 0x10000};
  if (code < lowest[size] || code > 0x10ffff) {
    return std::nullopt;
  }
  text.remove_prefix(size);
  return code;
}

void append_unit(std::string& out, std::uint32_t unit) {
  std::array<char, 7> text{};
  std::snprintf(text.data(), text.size(), "\\u%04x", unit & 0xffffU);
  out += text.data();
}

void append_character(std::string& out, std::uint32_t code) {
  if (code >= 0x10000) {
    append_unit(out, 0xd800 + ((code - 0x10000) >> 10U));
    append_unit(out, 0xdc00 + (code & 0x3ffU));
  } else if (code < 0x20 || code >= 0x7f || code == '"' || code == '\\') {
    append_unit(out, code);
  } else {
    out += static_cast<char>(code);
  }
}

std::string quoted(std::string_view text) {
  std::string json = "\"";
  for (std::string_view rest = text; !rest.empty();) {
    const auto code = take_character(rest);
    if (!code) {
      json = "\"$invalid:";
      append_hex(json, text);
      break;
    }
    append_character(json, *code);
  }
  return json += '"';
}

}  // namespace

void NotationWriter::number(double value) {
  if (std::isnan(value)) {
    item(R"({"$num":"NaN"})");
  } else if (std::isinf(value)) {
    item(value > 0 ? R"({"$num":"Infinity"})" : R"({"$num":"-Infinity"})");
  } else if (value == 0 && std::signbit(value)) {
    item(R"({"$num":"-0"})");
  } else {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.17g", value);
    item(text.data());
  }
}

void NotationWriter::string(std::string_view text) { item(quoted(text)); }

void NotationWriter::binary(std::span<const std::byte> bytes) {
  std::string json = R"({"$bin":")";
  append_hex(json, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  item(json + "\"}");
}

void NotationWriter::key(std::string_view name) {
  item(quoted(name) + ':');
  needs_comma_ = false;
}

void NotationWriter::separate() {
  if (needs_comma_) {
    out_ += ',';
  }
  needs_comma_ = true;
}

void NotationWriter::item(std::string_view json) {
  separate();
  out_ += json;
}

void NotationWriter::open(char bracket) {
  separate();
  out_ += bracket;
  needs_comma_ = false;
}

void NotationWriter::close(char bracket) {
  out_ += bracket;
  needs_comma_ = true;
}

}  // namespace decode
