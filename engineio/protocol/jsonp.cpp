#include "engineio/protocol/jsonp.hpp"

#include "engineio/protocol/form.hpp"
#include "engineio/protocol/json_string.hpp"

namespace engineio::protocol {
namespace {

/// Takes one backslash from each run of them in front of an `n`; a run of one makes a newline.
void unescape_newlines(std::string& text) {
  std::size_t size = 0;
  std::size_t backslashes = 0;
  for (const char c : text) {
    const bool escaped = c == 'n' && backslashes > 0;
    if (escaped) {
      --size;
    }
    text[size++] = escaped && backslashes == 1 ? '\n' : c;
    backslashes = c == '\\' ? backslashes + 1 : 0;
  }
  text.resize(size);
}

}  // namespace

void append_jsonp(std::string& out, std::string_view j, std::string_view payload) {
  out += "___eio[";
  for (const char c : j) {
    if (c >= '0' && c <= '9') {
      out += c;
    }
  }
  out += "](";
  append_javascript_string(out, payload);
  out += ");";
}

std::optional<std::string> decode_jsonp_body(std::string_view form) {
  std::optional<std::string> payload;
  std::string key;
  FormReader reader(form);
  while (const auto field = reader.next()) {
    key.clear();
    append_form_decoded(key, field->key);
    if (key != "d") {
      continue;
    }
    if (payload) {
      return std::nullopt;
    }
    append_form_decoded(payload.emplace(), field->value);
    unescape_newlines(*payload);
  }
  return payload;
}

}  // namespace engineio::protocol
