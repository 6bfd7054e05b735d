#include "socketio/parser/msgpack_writer.hpp"

#include <bit>
#include <cmath>
#include <limits>

#include "socketio/number.hpp"
#include "socketio/parser/utf8.hpp"

namespace socketio::parser {
namespace {

constexpr std::uint64_t max_safe_integer = (std::uint64_t{1} << 53U) - 1;

std::uint64_t magnitude(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  return value < 0 ? 0 - bits : bits;
}

}  // namespace

void MsgpackWriter::put(unsigned type, std::uint64_t value, unsigned size) {
  char bytes[9] = {static_cast<char>(type)};
  for (unsigned i = 0; i < size; ++i) {
    bytes[size - i] = static_cast<char>(value >> (8 * i));
  }
  out_.append(bytes, size + 1);
}

void MsgpackWriter::put_double(double value) { put(0xcb, std::bit_cast<std::uint64_t>(value), 8); }

bool MsgpackWriter::is_integer(std::uint64_t magnitude) const {
  return dialect_ != MsgpackDialect::msgpack2 || magnitude <= max_safe_integer;
}

void MsgpackWriter::undefined() {
  if (knows_undefined()) {
    out_.append("\xd4\x00\x00", 3);
  } else {
    null();
  }
}

void MsgpackWriter::integer(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  if (value >= 0) {
    unsigned_integer(bits);
  } else if (!is_integer(magnitude(value))) {
    put_double(static_cast<double>(value));
  } else if (value >= -32) {
    put(static_cast<unsigned char>(value));
  } else if (value >= std::numeric_limits<std::int8_t>::min()) {
    put(0xd0, bits, 1);
  } else if (value >= std::numeric_limits<std::int16_t>::min()) {
    put(0xd1, bits, 2);
  } else if (value >= std::numeric_limits<std::int32_t>::min()) {
    put(0xd2, bits, 4);
  } else {
    put(0xd3, bits, 8);
  }
}

void MsgpackWriter::unsigned_integer(std::uint64_t value) {
  if (!is_integer(value)) {
    put_double(static_cast<double>(value));
  } else if (value < 0x80) {
    put(static_cast<unsigned>(value));
  } else if (value <= 0xff) {
    put(0xcc, value, 1);
  } else if (value <= 0xffff) {
    put(0xcd, value, 2);
  } else if (value <= 0xffff'ffff) {
    put(0xce, value, 4);
  } else {
    put(0xcf, value, 8);
  }
}

void MsgpackWriter::number(double value) {
  if (const auto integral = exact_int64(value)) {
    integer(*integral);
  } else if (const auto large = exact_uint64(value)) {
    unsigned_integer(*large);
  } else {
    put_double(std::isnan(value) ? std::numeric_limits<double>::quiet_NaN() : value);
  }
}

void MsgpackWriter::string(std::string_view text) {
  const bool keep_surrogates = dialect_ == MsgpackDialect::msgpack2;
  if (!(keep_surrogates ? is_valid_wtf8(text) : is_valid_utf8(text))) {
    return string(sanitized_utf8(text, keep_surrogates));
  }
  if (text.size() < 32) {
    put(0xa0U | static_cast<unsigned>(text.size()));
  } else if (text.size() <= 0xff) {
    put(0xd9, text.size(), 1);
  } else if (text.size() <= 0xffff) {
    put(0xda, text.size(), 2);
  } else {
    put(0xdb, text.size(), 4);
  }
  out_.append(text);
}

void MsgpackWriter::binary(std::span<const std::byte> bytes) {
  if (bytes.size() <= 0xff) {
    put(0xc4, bytes.size(), 1);
  } else if (bytes.size() <= 0xffff) {
    put(0xc5, bytes.size(), 2);
  } else {
    put(0xc6, bytes.size(), 4);
  }
  out_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

void MsgpackWriter::begin_container(std::size_t size, unsigned fix_type, unsigned type16) {
  if (size < 16) {
    put(fix_type | static_cast<unsigned>(size));
  } else if (size <= 0xffff) {
    put(type16, size, 2);
  } else {
    put(type16 + 1, size, 4);
  }
}

}  // namespace socketio::parser
