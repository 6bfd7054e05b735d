#include "socketio/parser/number_text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

namespace socketio::parser {
namespace {

template <class Integer>
void append_decimal(std::string& out, Integer value) {
  char text[20];  // -9223372036854775808
  out.append(text, std::to_chars(text, text + sizeof text, value).ptr);
}

/// A number as 0.d₁d₂d₃… · 10^point.
struct Decimal {
  char digits[17];  // a double never needs more
  int size = 0;
  int point = 0;
};

/// `value` is positive.
Decimal shortest_digits(double value) {
  char text[32];  // d.ddde±xx
  char* const end =
      std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr;
  const char* const e = std::find(text, end, 'e');

  Decimal decimal;
  for (const char* p = text; p != e; ++p) {
    if (*p != '.') {
      decimal.digits[decimal.size++] = *p;
    }
  }
  const char* const exponent = e + (e[1] == '+' ? 2 : 1);  // from_chars knows no plus
  std::from_chars(exponent, end, decimal.point);
  ++decimal.point;
  return decimal;
}

void append_exponent_form(std::string& out, const Decimal& decimal) {
  out.push_back(decimal.digits[0]);
  if (decimal.size > 1) {
    out.push_back('.');
    out.append(decimal.digits + 1, static_cast<std::size_t>(decimal.size - 1));
  }
  const int exponent = decimal.point - 1;
  out.append(exponent < 0 ? "e-" : "e+").append(std::to_string(std::abs(exponent)));
}

void append_plain_form(std::string& out, const Decimal& decimal) {
  const auto size = static_cast<std::size_t>(decimal.size);
  if (decimal.point <= 0) {
    out.append("0.").append(static_cast<std::size_t>(-decimal.point), '0');
    out.append(decimal.digits, size);
    return;
  }
  const auto point = static_cast<std::size_t>(decimal.point);
  if (point >= size) {
    out.append(decimal.digits, size).append(point - size, '0');
    return;
  }
  out.append(decimal.digits, point).push_back('.');
  out.append(decimal.digits + point, size - point);
}

/// Whether a number that is out of the range of double is too large rather than too small.
bool is_large(std::string_view text) {
  const std::size_t e = std::min(text.find_first_of("eE"), text.size());
  const std::string_view mantissa = text.substr(0, e);
  std::string_view exponent_text = text.substr(std::min(e + 1, text.size()));
  const bool negative = exponent_text.starts_with('-');
  if (negative || exponent_text.starts_with('+')) {
    exponent_text.remove_prefix(1);
  }

  long long exponent = 0;
  const auto [end, error] =
      std::from_chars(exponent_text.data(), exponent_text.data() + exponent_text.size(), exponent);
  if (error == std::errc::result_out_of_range) {
    return !negative;
  }
  exponent = std::min(exponent, 1'000'000'000'000LL);  // no text is that long
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  const std::size_t first_digit = mantissa.find_first_of("123456789");
  const auto scale = static_cast<long long>(point) - static_cast<long long>(first_digit);
  return (negative ? -exponent : exponent) + scale > 0;
}

}  // namespace

void append_integer(std::string& out, std::int64_t value) { append_decimal(out, value); }
void append_integer(std::string& out, std::uint64_t value) { append_decimal(out, value); }

void append_number(std::string& out, double value) {
  if (value == 0) {
    out.push_back('0');
    return;
  }
  if (value < 0) {
    out.push_back('-');
  }
  const Decimal decimal = shortest_digits(std::abs(value));
  if (decimal.point > 21 || decimal.point < -5) {
    append_exponent_form(out, decimal);
  } else {
    append_plain_form(out, decimal);
  }
}

double parse_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc::result_out_of_range) {
    return value;
  }
  value = is_large(text) ? std::numeric_limits<double>::infinity() : 0.0;
  return text.starts_with('-') ? -value : value;
}

}  // namespace socketio::parser
