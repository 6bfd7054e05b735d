#include "socketio/parser/json_reader.hpp"

#include <charconv>
#include <cstring>
#include <limits>
#include <string_view>
#include <system_error>

#include "socketio/parser/number_text.hpp"
#include "socketio/parser/placeholders.hpp"
#include "socketio/parser/utf8.hpp"

namespace socketio::parser {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_high_surrogate(std::uint32_t unit) { return unit >= 0xd800 && unit <= 0xdbff; }
bool is_low_surrogate(std::uint32_t unit) { return unit >= 0xdc00 && unit <= 0xdfff; }

/// Writes a code point as UTF-8, a surrogate as WTF-8; returns the end.
char* put_utf8(char* out, std::uint32_t code_point) {
  const auto put = [&](std::uint32_t byte) { *out++ = static_cast<char>(byte); };
  const auto put_rest = [&](unsigned shift) { put(0x80U | ((code_point >> shift) & 0x3fU)); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xc0U | (code_point >> 6U));
    put_rest(0);
  } else if (code_point < 0x10000) {
    put(0xe0U | (code_point >> 12U));
    put_rest(6);
    put_rest(0);
  } else {
    put(0xf0U | (code_point >> 18U));
    put_rest(12);
    put_rest(6);
    put_rest(0);
  }
  return out;
}

/// A recursive descent parser: the depth is limited.
class Reader {
 public:
  Reader(std::span<char> text, const JsonOptions& options, Tape& tape)
      : at_(text.data()),
        end_(text.data() + text.size()),
        depth_left_(options.max_depth),
        attachments_(options.attachments),
        tape_(tape) {}

  JsonError read() {
    skip_space();
    if (read_value()) {
      skip_space();
      if (at_ == end_) {
        return JsonError::none;
      }
    }
    return illegal_attachments_ ? JsonError::illegal_attachments : JsonError::malformed;
  }

 private:
  /// Expects no space in front, and leaves that behind.
  bool read_value() {
    if (at_ == end_) {
      return false;
    }
    switch (*at_) {
      case '"':
        return read_string();
      case '[':
        return read_container(ValueKind::array, ']');
      case '{':
        return read_container(ValueKind::object, '}');
      case 't':
        return accept("true") && (tape_.boolean(true), true);
      case 'f':
        return accept("false") && (tape_.boolean(false), true);
      case 'n':
        return accept("null") && (tape_.null(), true);
      default:
        return read_number();
    }
  }

  bool read_container(ValueKind kind, char close) {
    if (depth_left_ == 0) {
      return false;
    }
    --depth_left_;
    ++at_;
    const std::size_t container = tape_.begin(kind);
    std::size_t size = 0;
    skip_space();
    if (!accept(close)) {
      do {
        skip_space();
        if ((kind == ValueKind::object && !read_key()) || !read_value()) {
          return false;
        }
        ++size;
        skip_space();
      } while (accept(','));
      if (!accept(close)) {
        return false;
      }
    }
    tape_.end(container, size);
    ++depth_left_;
    return kind == ValueKind::array || bind(container);
  }

  bool read_key() {
    if (at_ == end_ || *at_ != '"' || !read_string()) {
      return false;
    }
    skip_space();
    if (!accept(':')) {
      return false;
    }
    skip_space();
    return true;
  }

  bool bind(std::size_t object) {
    illegal_attachments_ =
        attachments_ != nullptr && !bind_placeholder(tape_, object, *attachments_);
    return !illegal_attachments_;
  }

  bool read_string() {
    char* const begin = ++at_;
    char* out = begin;
    for (;;) {
      take(skip_plain(at_, end_), out);
      if (at_ == end_) {
        return false;
      }
      if (*at_ == '"') {
        break;
      }
      if (!(*at_ == '\\' ? read_escape(out) : read_multibyte(out))) {
        return false;
      }
    }
    ++at_;
    tape_.string({begin, static_cast<std::size_t>(out - begin)});
    return true;
  }

  /// Moves the text up to `end` to `out`.
  void take(const char* end, char*& out) {
    const auto size = static_cast<std::size_t>(end - at_);
    if (out != at_) {
      std::memmove(out, at_, size);
    }
    out += size;
    at_ += size;
  }

  bool read_multibyte(char*& out) {
    const Character character = scan_character(at_, end_);
    if (character.size == 1 || character.kind != Character::Kind::valid) {
      return false;  // a control character, or not UTF-8
    }
    take(at_ + character.size, out);
    return true;
  }

  bool read_escape(char*& out) {
    constexpr std::string_view escapes = "\"\\/bfnrt";
    constexpr std::string_view characters = "\"\\/\b\f\n\r\t";
    ++at_;
    if (at_ == end_) {
      return false;
    }
    const char escape = *at_++;
    if (escape == 'u') {
      return read_code_point(out);
    }
    const std::size_t index = escapes.find(escape);
    if (index == std::string_view::npos) {
      return false;
    }
    *out++ = characters[index];
    return true;
  }

  bool read_code_point(char*& out) {
    std::uint32_t unit = 0;
    if (!read_code_unit(unit)) {
      return false;
    }
    std::uint32_t low = 0;
    if (is_high_surrogate(unit) && peek_code_unit(low) && is_low_surrogate(low)) {
      at_ += 6;
      unit = 0x10000 + ((unit - 0xd800) << 10U) + (low - 0xdc00);
    }
    out = put_utf8(out, unit);
    return true;
  }

  bool read_code_unit(std::uint32_t& unit) {
    if (end_ - at_ < 4) {
      return false;
    }
    const auto [end, error] = std::from_chars(at_, at_ + 4, unit, 16);
    const bool ok = error == std::errc() && end == at_ + 4;
    at_ += 4;
    return ok;
  }

  /// The code unit of the escape that follows, if one does.
  bool peek_code_unit(std::uint32_t& unit) {
    char* const here = at_;
    const bool ok = accept("\\u") && read_code_unit(unit);
    at_ = here;
    return ok;
  }

  bool read_number() {
    const char* const begin = at_;
    accept('-');
    if (!accept('0') && !skip_digits()) {
      return false;
    }
    const char* const integer_end = at_;
    if (accept('.') && !skip_digits()) {
      return false;
    }
    if (accept('e') || accept('E')) {
      if (!accept('+')) {
        accept('-');
      }
      if (!skip_digits()) {
        return false;
      }
    }
    const std::string_view text(begin, static_cast<std::size_t>(at_ - begin));
    if (at_ != integer_end || !append_integer(text)) {
      tape_.number(parse_number(text));
    }
    return true;
  }

  /// False if it does not fit, or is -0.
  bool append_integer(std::string_view text) {
    const char* const end = text.data() + text.size();
    if (text.front() == '-') {
      std::int64_t value = 0;
      const bool fits = std::from_chars(text.data(), end, value).ec == std::errc() && value != 0;
      if (fits) {
        tape_.integer(value);
      }
      return fits;
    }
    std::uint64_t value = 0;
    const bool fits = std::from_chars(text.data(), end, value).ec == std::errc();
    if (fits) {
      tape_.unsigned_integer(value);
    }
    return fits;
  }

  bool skip_digits() {
    const char* const begin = at_;
    while (at_ != end_ && is_digit(*at_)) {
      ++at_;
    }
    return at_ != begin;
  }

  void skip_space() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) {
      ++at_;
    }
  }

  bool accept(char c) {
    const bool accepted = at_ != end_ && *at_ == c;
    at_ += accepted ? 1 : 0;
    return accepted;
  }

  bool accept(std::string_view word) {
    const std::string_view rest(at_, static_cast<std::size_t>(end_ - at_));
    const bool accepted = rest.starts_with(word);
    at_ += accepted ? word.size() : 0;
    return accepted;
  }

  char* at_;
  char* const end_;
  std::size_t depth_left_;
  const std::span<const std::string>* attachments_;
  Tape& tape_;
  bool illegal_attachments_ = false;
};

}  // namespace

JsonError read_json(std::span<char> text, const JsonOptions& options, Tape& tape) {
  if (text.size() > std::numeric_limits<std::uint32_t>::max()) {
    return JsonError::malformed;  // more than a node can say
  }
  return Reader(text, options, tape).read();
}

}  // namespace socketio::parser
