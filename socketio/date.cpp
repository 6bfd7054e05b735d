#include "socketio/date.hpp"

#include <cstdio>
#include <cstdlib>

namespace socketio {
namespace {

using namespace std::chrono;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Takes fixed-width pieces off the front of a text. After a failure everything fails.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  int digits(std::size_t count) {
    int value = 0;
    for (; count > 0; --count) {
      value = value * 10 + take_digit();
    }
    return value;
  }

  bool accept(char c) {
    if (rest_.empty() || rest_.front() != c) {
      return false;
    }
    rest_.remove_prefix(1);
    return true;
  }

  void expect(char c) { failed_ = !accept(c) || failed_; }

  /// Digits behind a decimal point: the first three count.
  milliseconds fraction() {
    int value = take_digit() * 100;
    for (int weight = 10; !rest_.empty() && is_digit(rest_.front()); weight /= 10) {
      value += take_digit() * weight;
    }
    return milliseconds(value);
  }

  [[nodiscard]] bool done() const { return rest_.empty(); }
  [[nodiscard]] bool complete() const { return !failed_ && rest_.empty(); }

 private:
  int take_digit() {
    if (rest_.empty() || !is_digit(rest_.front())) {
      failed_ = true;
      return 0;
    }
    const int digit = rest_.front() - '0';
    rest_.remove_prefix(1);
    return digit;
  }

  std::string_view rest_;
  bool failed_ = false;
};

int scan_year(Scanner& scanner) {
  if (scanner.accept('+')) {
    return scanner.digits(6);
  }
  return scanner.accept('-') ? -scanner.digits(6) : scanner.digits(4);
}

std::optional<milliseconds> scan_time_of_day(Scanner& scanner) {
  const int hour = scanner.digits(2);
  scanner.expect(':');
  const int minute = scanner.digits(2);
  const int second = scanner.accept(':') ? scanner.digits(2) : 0;
  const milliseconds fraction = scanner.accept('.') ? scanner.fraction() : milliseconds(0);
  if (hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;
  }
  return hours(hour) + minutes(minute) + seconds(second) + fraction;
}

std::optional<minutes> scan_offset(Scanner& scanner) {
  if (scanner.accept('Z')) {
    return minutes(0);
  }
  const int sign = scanner.accept('-') ? -1 : 1;
  if (sign == 1) {
    scanner.expect('+');
  }
  const int hour = scanner.digits(2);
  scanner.expect(':');
  const int minute = scanner.digits(2);
  if (hour > 23 || minute > 59) {
    return std::nullopt;
  }
  return sign * (hours(hour) + minutes(minute));
}

}  // namespace

std::string format_date(Date date) {
  const auto day = floor<days>(date);
  const year_month_day ymd(day);
  const hh_mm_ss time(date - day);
  const int year_number = static_cast<int>(ymd.year());
  const bool plain = year_number >= 0 && year_number <= 9999;
  const char* sign = plain ? "" : year_number < 0 ? "-" : "+";

  char text[48];
  const int size = std::snprintf(
      text, sizeof text, "%s%0*d-%02u-%02uT%02d:%02d:%02d.%03dZ", sign, plain ? 4 : 6,
      std::abs(year_number), static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()),
      static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
      static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
  return std::string(text, static_cast<std::size_t>(size));
}

std::optional<Date> parse_date(std::string_view text) {
  Scanner scanner(text);
  const int y = scan_year(scanner);
  scanner.expect('-');
  const month m(static_cast<unsigned>(scanner.digits(2)));
  scanner.expect('-');
  const day d(static_cast<unsigned>(scanner.digits(2)));

  milliseconds time(0);
  if (!scanner.done()) {
    scanner.expect('T');
    const auto time_of_day = scan_time_of_day(scanner);
    const auto offset = scan_offset(scanner);
    if (!time_of_day || !offset) {
      return std::nullopt;
    }
    time = *time_of_day - *offset;
  }
  const year_month_day date(year(y), m, d);
  if (!scanner.complete() || !date.ok() || std::abs(y) > static_cast<int>(year::max())) {
    return std::nullopt;
  }
  return sys_days(date) + time;
}

}  // namespace socketio
