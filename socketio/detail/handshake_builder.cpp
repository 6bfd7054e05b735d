#include "socketio/detail/handshake_builder.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <string>
#include <string_view>
#include <utility>

#include "engineio/query.hpp"

namespace socketio::detail {

namespace {

/// Fields of which Node keeps the first only.
constexpr std::array<std::string_view, 18> single_fields{"age",
                                                         "authorization",
                                                         "content-length",
                                                         "content-type",
                                                         "etag",
                                                         "expires",
                                                         "from",
                                                         "host",
                                                         "if-modified-since",
                                                         "if-unmodified-since",
                                                         "last-modified",
                                                         "location",
                                                         "max-forwards",
                                                         "proxy-authorization",
                                                         "referer",
                                                         "retry-after",
                                                         "server",
                                                         "user-agent"};

void add_header(Object& headers, std::string_view field, std::string_view value) {
  std::string name = lower_case(field);
  Value* existing = headers.find(name);
  if (existing == nullptr) {
    headers.append(std::move(name), value);
    return;
  }
  if (std::find(single_fields.begin(), single_fields.end(), name) == single_fields.end()) {
    const std::string_view separator = name == "cookie" ? "; " : ", ";
    *existing = std::string(*existing->as_string()) + std::string(separator) + std::string(value);
  }
}

/// As JavaScript's Date.toString() in UTC: `Sat Nov 21 2026 20:32:59 GMT+0000 (…)`.
std::string print_date(std::int64_t milliseconds) {
  constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::chrono::sys_time<std::chrono::milliseconds> time{
      std::chrono::milliseconds(milliseconds)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  std::array<char, 80> text;
  const int size = std::snprintf(
      text.data(), text.size(),
      "%s %s %02u %04d %02d:%02d:%02d GMT+0000 (Coordinated Universal Time)",
      days[std::chrono::weekday(day).c_encoding()], months[static_cast<unsigned>(date.month()) - 1],
      static_cast<unsigned>(date.day()), static_cast<int>(date.year()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  return {text.data(), static_cast<std::size_t>(std::max(size, 0))};
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  return lower;
}

Handshake build_handshake(const engineio::HttpRequest& request, Value auth, std::int64_t issued) {
  Object headers;
  request.headers.for_each(
      [&](std::string_view name, std::string_view value) { add_header(headers, name, value); });
  return {.headers = std::move(headers),
          .time = print_date(issued),
          .address = request.remote_address,
          .client_address = request.client_address(),
          .xdomain = request.headers.has("origin"),
          .secure = request.secure,
          .issued = issued,
          .url = request.target,
          .query = query_object(request.target),
          .auth = std::move(auth)};
}

Value query_object(std::string_view target) {
  Object query;
  for (auto& [key, value] : engineio::query_parameters(target)) {
    query.append(std::move(key), std::move(value));
  }
  return query;
}

}  // namespace socketio::detail
