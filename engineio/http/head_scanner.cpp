#include "engineio/http/head_scanner.hpp"

#include <cstring>

namespace engineio::http {

namespace {

const char* find_line_feed(std::string_view bytes) noexcept {
  return static_cast<const char*>(std::memchr(bytes.data(), '\n', bytes.size()));
}

}  // namespace

HeadScanner::Result HeadScanner::scan(std::string_view bytes, const Limits& limits) {
  const auto within = bytes.substr(0, limits.http_head_bytes);
  // All methods begin with a capital: this refuses TLS and other protocols at their first byte.
  if (!within.empty() && (within[0] < 'A' || within[0] > 'Z')) {
    return Result::malformed;
  }
  while (scanned_ < within.size()) {
    const auto* line_feed = find_line_feed(within.substr(scanned_));
    if (line_feed == nullptr) {
      scanned_ = within.size();
      break;
    }
    const auto end = static_cast<std::size_t>(line_feed - within.data()) + 1;
    const auto result = end_line(within.substr(line_, end - line_), limits);
    line_ = scanned_ = end;
    if (result != Result::need_more) {
      return result;
    }
  }
  if (within.size() < limits.http_head_bytes) {
    return Result::need_more;
  }
  return lines_ == 0 ? Result::request_line_too_long : Result::too_large;
}

HeadScanner::Result HeadScanner::end_line(std::string_view line, const Limits& limits) {
  if (!line.ends_with("\r\n")) {
    return Result::malformed;
  }
  if (line.size() == 2) {
    return lines_ == 0 ? Result::malformed : Result::complete;
  }
  const bool folded = line[0] == ' ' || line[0] == '\t';
  if (folded) {
    return Result::malformed;
  }
  const auto fields_before = lines_++;
  return fields_before > limits.http_header_fields ? Result::too_large : Result::need_more;
}

}  // namespace engineio::http
