#include "engineio/http/date.hpp"

namespace engineio::http {

namespace {

constexpr std::string_view weekdays = "SunMonTueWedThuFriSat";
constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";

/// Writes `value` with leading zeros.
void put_number(char* at, unsigned value, int digits) {
  for (; digits > 0; --digits, value /= 10) {
    at[digits - 1] = static_cast<char>('0' + value % 10);
  }
}

void put_name(char* at, std::string_view names, unsigned index) {
  names.copy(at, 3, std::size_t{3} * index);
}

void write_date(char* at, std::chrono::sys_seconds second) {
  const auto day = std::chrono::floor<std::chrono::days>(second);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(second - day);

  std::string_view("Www, DD Mmm YYYY hh:mm:ss GMT").copy(at, 29);
  put_name(at, weekdays, std::chrono::weekday(day).c_encoding());
  put_number(at + 5, static_cast<unsigned>(date.day()), 2);
  put_name(at + 8, months, static_cast<unsigned>(date.month()) - 1);
  put_number(at + 12, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  put_number(at + 17, static_cast<unsigned>(time.hours().count()), 2);
  put_number(at + 20, static_cast<unsigned>(time.minutes().count()), 2);
  put_number(at + 23, static_cast<unsigned>(time.seconds().count()), 2);
}

}  // namespace

std::string_view DateClock::text() {
  const auto second = std::chrono::floor<std::chrono::seconds>(now_());
  if (second != second_) {
    second_ = second;
    write_date(text_.data(), second);
  }
  return {text_.data(), text_.size()};
}

}  // namespace engineio::http
