#include "engineio/protocol/form.hpp"

#include <algorithm>

#include "engineio/protocol/utf8.hpp"

namespace engineio::protocol {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// The byte of an escape, whose `%` is the first character of `text`, or -1.
int escaped_byte(std::string_view text) {
  if (text.size() < 3) {
    return -1;
  }
  const int high = hex_value(text[1]);
  const int low = hex_value(text[2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

void append_bytes(std::string& out, std::string_view encoded) {
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    const int byte = encoded[i] == '%' ? escaped_byte(encoded.substr(i)) : -1;
    if (byte >= 0) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += encoded[i] == '+' ? ' ' : encoded[i];
    }
  }
}

}  // namespace

std::optional<FormField> FormReader::next() {
  while (!rest_.empty()) {
    const std::string_view field = rest_.substr(0, std::min(rest_.find('&'), rest_.size()));
    rest_.remove_prefix(std::min(field.size() + 1, rest_.size()));
    if (!field.empty()) {
      const std::size_t equals = std::min(field.find('='), field.size());
      return FormField{field.substr(0, equals), field.substr(std::min(equals + 1, field.size()))};
    }
  }
  return std::nullopt;
}

void append_form_decoded(std::string& out, std::string_view encoded) {
  const std::size_t begin = out.size();
  append_bytes(out, encoded);
  if (!is_valid_utf8(std::string_view(out).substr(begin))) {
    std::string piece = out.substr(begin);
    sanitize_utf8(piece);
    out.replace(begin, std::string::npos, piece);
  }
}

}  // namespace engineio::protocol
