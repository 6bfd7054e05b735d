#include "socketio/parser/json_writer.hpp"

#include <cmath>

#include "socketio/parser/number_text.hpp"
#include "socketio/parser/placeholders.hpp"
#include "socketio/parser/utf8.hpp"

namespace socketio::parser {
namespace {

void append_unicode_escape(std::string& out, unsigned unit) {
  constexpr char hex[] = "0123456789abcdef";
  out.append("\\u");
  for (const unsigned shift : {12U, 8U, 4U, 0U}) {
    out.push_back(hex[(unit >> shift) & 0xfU]);
  }
}

void append_escape(std::string& out, char c) {
  switch (c) {
    case '"':
      out.append("\\\"");
      break;
    case '\\':
      out.append("\\\\");
      break;
    case '\b':
      out.append("\\b");
      break;
    case '\f':
      out.append("\\f");
      break;
    case '\n':
      out.append("\\n");
      break;
    case '\r':
      out.append("\\r");
      break;
    case '\t':
      out.append("\\t");
      break;
    default:
      append_unicode_escape(out, static_cast<unsigned char>(c));
  }
}

/// Appends what does not go into a JSON string as it is.
void append_special(std::string& out, const char* text, Character character) {
  switch (character.kind) {
    case Character::Kind::valid:
      return append_escape(out, *text);
    case Character::Kind::surrogate:
      return append_unicode_escape(out, decode_surrogate(text));
    case Character::Kind::invalid:
      out.append(replacement_character);
  }
}

void append_string(std::string& out, std::string_view text) {
  out.push_back('"');
  const char* const end = text.data() + text.size();
  const char* copied = text.data();
  const char* p = skip_plain(copied, end);
  while (p != end) {
    const Character character = scan_character(p, end);
    if (character.kind != Character::Kind::valid || character.size == 1) {
      out.append(copied, p);
      append_special(out, p, character);
      copied = p + character.size;
    }
    p = skip_plain(p + character.size, end);
  }
  out.append(copied, end);
  out.push_back('"');
}

}  // namespace

void JsonWriter::integer(std::int64_t value) {
  separate();
  append_integer(out_, value);
}

void JsonWriter::unsigned_integer(std::uint64_t value) {
  separate();
  append_integer(out_, value);
}

void JsonWriter::number(double value) {
  separate();
  if (std::isfinite(value)) {
    append_number(out_, value);
  } else {
    out_.append("null");
  }
}

void JsonWriter::string(std::string_view text) {
  separate();
  append_string(out_, text);
}

void JsonWriter::binary(std::span<const std::byte> bytes) {
  separate();
  if (attachments_ != nullptr) {
    append_placeholder(out_, attachments_->size());
    attachments_->emplace_back(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return;
  }
  out_.append(R"({"type":"Buffer","data":[)");
  const char* comma = "";
  for (const std::byte byte : bytes) {
    out_.append(comma);
    append_integer(out_, std::to_integer<std::uint64_t>(byte));
    comma = ",";
  }
  out_.append("]}");
}

void JsonWriter::key(std::string_view name) {
  separate();
  append_string(out_, name);
  out_.push_back(':');
  needs_comma_ = false;
}

}  // namespace socketio::parser
