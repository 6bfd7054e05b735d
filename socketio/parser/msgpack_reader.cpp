#include "socketio/parser/msgpack_reader.hpp"

#include <bit>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "socketio/date.hpp"
#include "socketio/parser/number_text.hpp"
#include "socketio/parser/utf8.hpp"
#include "socketio/value_view.hpp"

namespace socketio::parser {
namespace {

using namespace std::chrono;

std::uint64_t load_big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) {
    value = (value << 8U) | static_cast<unsigned char>(byte);
  }
  return value;
}

/// Of 1, 2, 4 or 8 bytes.
std::int64_t load_signed(std::string_view bytes) {
  const auto unused_bits = static_cast<unsigned>(64 - 8 * bytes.size());
  return static_cast<std::int64_t>(load_big_endian(bytes) << unused_bits) >> unused_bits;
}

void append_key(std::string& out, double number) {
  if (std::isfinite(number)) {
    append_number(out, number);
  } else {
    out += std::isnan(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";
  }
}

/// A recursive descent parser: the depth is limited.
class Reader {
 public:
  Reader(std::span<const char> bytes, MsgpackDialect dialect, std::size_t max_depth, Tape& tape)
      : rest_(bytes.data(), bytes.size()), dialect_(dialect), depth_left_(max_depth), tape_(tape) {}

  bool read() { return read_value() && rest_.empty(); }

 private:
  bool read_value() {
    unsigned type = 0;
    if (!take_type(type)) {
      return false;
    }
    if (type < 0x80) {
      tape_.integer(type);
      return true;
    }
    if (type >= 0xe0) {
      tape_.integer(static_cast<int>(type) - 0x100);
      return true;
    }
    if (type < 0xc0) {
      return type < 0x90   ? read_map(type & 0x0fU)
             : type < 0xa0 ? read_array(type & 0x0fU)
                           : read_string(type & 0x1fU);
    }
    return read_long_form(type);
  }

  /// Types 0xc0 … 0xdf.
  bool read_long_form(unsigned type) {
    switch (type) {
      case 0xc0:
        tape_.null();
        return true;
      case 0xc2:
        tape_.boolean(false);
        return true;
      case 0xc3:
        tape_.boolean(true);
        return true;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return read_sized(1U << (type - 0xc4), &Reader::read_binary);
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return read_sized(1U << (type - 0xc7), &Reader::read_extension);
      case 0xca:
        return read_float32();
      case 0xcb:
        return read_float64();
      case 0xcc:
      case 0xcd:
      case 0xce:
      case 0xcf:
        return read_unsigned(1U << (type - 0xcc));
      case 0xd0:
      case 0xd1:
      case 0xd2:
      case 0xd3:
        return read_signed(1U << (type - 0xd0));
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return read_fixed_extension(std::size_t{1} << (type - 0xd4));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return read_sized(1U << (type - 0xd9), &Reader::read_string);
      case 0xdc:
      case 0xdd:
        return read_sized(2U << (type - 0xdc), &Reader::read_array);
      case 0xde:
      case 0xdf:
        return read_sized(2U << (type - 0xde), &Reader::read_map);
      default:
        return false;  // 0xc1 is never used
    }
  }

  bool read_sized(std::size_t width, bool (Reader::*read_rest)(std::size_t)) {
    std::string_view size;
    return take(width, size) && (this->*read_rest)(load_big_endian(size));
  }

  bool read_unsigned(std::size_t width) {
    std::string_view bytes;
    if (!take(width, bytes)) {
      return false;
    }
    tape_.unsigned_integer(load_big_endian(bytes));
    return true;
  }

  bool read_signed(std::size_t width) {
    std::string_view bytes;
    if (!take(width, bytes)) {
      return false;
    }
    tape_.integer(load_signed(bytes));
    return true;
  }

  bool read_float32() {
    std::string_view bytes;
    if (!take(4, bytes)) {
      return false;
    }
    tape_.number(std::bit_cast<float>(static_cast<std::uint32_t>(load_big_endian(bytes))));
    return true;
  }

  bool read_float64() {
    std::string_view bytes;
    if (!take(8, bytes)) {
      return false;
    }
    tape_.number(std::bit_cast<double>(load_big_endian(bytes)));
    return true;
  }

  bool read_string(std::size_t size) {
    std::string_view text;
    if (!take(size, text)) {
      return false;
    }
    append_text(text);
    return true;
  }

  void append_text(std::string_view text) {
    tape_.string(is_valid_wtf8(text) ? text : tape_.keep(sanitized_utf8(text, true)));
  }

  bool read_binary(std::size_t size) {
    std::string_view bytes;
    if (!take(size, bytes)) {
      return false;
    }
    tape_.binary(bytes);
    return true;
  }

  bool read_array(std::size_t size) {
    // An element takes at least one byte.
    if (depth_left_ == 0 || size > rest_.size()) {
      return false;
    }
    --depth_left_;
    const std::size_t array = tape_.begin(ValueKind::array);
    for (std::size_t i = 0; i < size; ++i) {
      if (!read_value()) {
        return false;
      }
    }
    tape_.end(array, size);
    ++depth_left_;
    return true;
  }

  bool read_map(std::size_t size) {
    if (depth_left_ == 0 || size > rest_.size() / 2) {
      return false;
    }
    --depth_left_;
    const std::size_t map = tape_.begin(ValueKind::object);
    for (std::size_t i = 0; i < size; ++i) {
      if (!read_key() || !read_value()) {
        return false;
      }
    }
    tape_.end(map, size);
    ++depth_left_;
    return true;
  }

  /// JavaScript's keys are strings: numbers become what it prints, with notepack booleans, null and
  /// binary strings, too.
  bool read_key() {
    const std::size_t key = tape_.size();
    if (!read_value()) {
      return false;
    }
    const ValueView view(tape_.root() + key);
    if (view.is_string()) {
      return true;
    }
    std::string text;
    if (const auto number = view.as_double()) {
      append_key(text, *number);
    } else if (dialect_ == MsgpackDialect::msgpack2) {
      return false;
    } else if (const auto boolean = view.as_bool()) {
      text = *boolean ? "true" : "false";
    } else if (const auto bytes = view.as_binary()) {
      text.assign(reinterpret_cast<const char*>(bytes->data()), bytes->size());
    } else if (view.is_null()) {
      text = view.is_undefined() ? "undefined" : "null";
    } else {
      return false;
    }
    tape_.truncate(key);
    append_text(tape_.keep(std::move(text)));
    return true;
  }

  /// Of 1, 2, 4, 8 or 16 bytes. Notepack's own are undefined and Date.
  bool read_fixed_extension(std::size_t size) {
    std::int64_t type = 0;
    std::string_view data;
    if (!take_extension(size, type, data)) {
      return false;
    }
    if (!is_notepack(type) || (size != 1 && size != 8)) {
      return append_extension(type, data);
    }
    if (size == 1) {
      tape_.undefined();
    } else {
      append_date(milliseconds(load_signed(data)));
    }
    return true;
  }

  /// With a length. Notepack's own is ArrayBuffer.
  bool read_extension(std::size_t size) {
    std::int64_t type = 0;
    std::string_view data;
    if (!take_extension(size, type, data)) {
      return false;
    }
    if (!is_notepack(type)) {
      return append_extension(type, data);
    }
    tape_.binary(data);
    return true;
  }

  bool take_extension(std::size_t size, std::int64_t& type, std::string_view& data) {
    std::string_view type_byte;
    if (!take(1, type_byte) || !take(size, data)) {
      return false;
    }
    type = load_signed(type_byte);
    return true;
  }

  [[nodiscard]] bool is_notepack(std::int64_t type) const {
    return type == 0 && dialect_ != MsgpackDialect::msgpack2;
  }

  bool append_extension(std::int64_t type, std::string_view data) {
    const bool timestamp = type == -1 && dialect_ != MsgpackDialect::notepack2;
    return (timestamp && append_timestamp(data)) || append_unknown(type, data);
  }

  /// The extension type of the specification. False if it has none of its sizes.
  bool append_timestamp(std::string_view data) {
    switch (data.size()) {
      case 4:
        append_date(seconds(load_big_endian(data)), nanoseconds(0));
        return true;
      case 8: {
        const std::uint64_t bits = load_big_endian(data);
        append_date(seconds(bits & 0x3'ffff'ffffU), nanoseconds(bits >> 34U));
        return true;
      }
      case 12:
        append_date(seconds(load_signed(data.substr(4))),
                    nanoseconds(load_big_endian(data.substr(0, 4))));
        return true;
      default:
        return false;
    }
  }

  /// Rounded as JavaScript does it: in doubles, and towards zero.
  void append_date(seconds time, nanoseconds rest) {
    constexpr double latest = 8.64e15;
    const double date =
        static_cast<double>(time.count()) * 1e3 + static_cast<double>(rest.count()) / 1e6;
    append_date(std::abs(date) <= latest ? milliseconds(static_cast<std::int64_t>(date))
                                         : milliseconds::max());
  }

  /// An invalid Date is null in JSON.
  void append_date(milliseconds time) {
    const Date date(time);
    if (date < min_date || date > max_date) {
      tape_.null();
    } else {
      tape_.string(tape_.keep(format_date(date)));
    }
  }

  /// False if its container is nested too deeply.
  bool append_unknown(std::int64_t type, std::string_view data) {
    if (depth_left_ == 0) {
      return false;
    }
    const bool pair = dialect_ != MsgpackDialect::msgpack2;
    const std::size_t container = tape_.begin(pair ? ValueKind::array : ValueKind::object);
    if (!pair) {
      tape_.string("type");
    }
    tape_.integer(type);
    if (!pair) {
      tape_.string("data");
    }
    tape_.binary(data);
    tape_.end(container, 2);
    return true;
  }

  bool take_type(unsigned& type) {
    if (rest_.empty()) {
      return false;
    }
    type = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    return true;
  }

  bool take(std::size_t size, std::string_view& taken) {
    if (size > rest_.size()) {
      return false;
    }
    taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return true;
  }

  std::string_view rest_;
  MsgpackDialect dialect_;
  std::size_t depth_left_;
  Tape& tape_;
};

}  // namespace

bool read_msgpack(std::span<const char> bytes, MsgpackDialect dialect, std::size_t max_depth,
                  Tape& tape) {
  return bytes.size() <= std::numeric_limits<std::uint32_t>::max() &&
         Reader(bytes, dialect, max_depth, tape).read();
}

}  // namespace socketio::parser
