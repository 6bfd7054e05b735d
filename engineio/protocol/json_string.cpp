#include "engineio/protocol/json_string.hpp"

#include <array>

namespace engineio::protocol {
namespace {

/// The letter behind the backslash, `u` for a numeric escape, or 0 for a plain character.
constexpr std::array<char, 256> make_escapes() {
  std::array<char, 256> escapes{};
  for (std::size_t control = 0; control < 0x20; ++control) {
    escapes[control] = 'u';
  }
  escapes['"'] = '"';
  escapes['\\'] = '\\';
  escapes['\b'] = 'b';
  escapes['\f'] = 'f';
  escapes['\n'] = 'n';
  escapes['\r'] = 'r';
  escapes['\t'] = 't';
  return escapes;
}

constexpr std::array<char, 256> escapes = make_escapes();

char escape_of(char c) { return escapes[static_cast<unsigned char>(c)]; }

void append_escaped(std::string& out, char c) {
  const char escape = escape_of(c);
  out += '\\';
  out += escape;
  if (escape == 'u') {
    constexpr std::string_view hex = "0123456789abcdef";
    out += "00";
    out += hex[static_cast<unsigned char>(c) >> 4];
    out += hex[static_cast<unsigned char>(c) & 15];
  }
}

void append_content(std::string& out, std::string_view text) {
  std::size_t plain = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (escape_of(text[i]) != 0) {
      out += text.substr(plain, i - plain);
      append_escaped(out, text[i]);
      plain = i + 1;
    }
  }
  out += text.substr(plain);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  append_content(out, text);
  out += '"';
}

void append_javascript_string(std::string& out, std::string_view text) {
  constexpr std::string_view separator_start = "\xe2\x80";  // E2 80 A8 and E2 80 A9 in UTF-8
  out += '"';
  std::size_t at = 0;
  while ((at = text.find(separator_start, at)) != std::string_view::npos) {
    at += separator_start.size();
    const char last = at < text.size() ? text[at] : '\0';
    if (last == '\xa8' || last == '\xa9') {
      append_content(out, text.substr(0, at - separator_start.size()));
      out += last == '\xa8' ? "\\u2028" : "\\u2029";
      text.remove_prefix(at + 1);
      at = 0;
    }
  }
  append_content(out, text);
  out += '"';
}

}  // namespace engineio::protocol
