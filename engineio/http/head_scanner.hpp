#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engineio/options.hpp"

namespace engineio::http {

/// Finds the end of a request's head in bytes that grow, looking at each byte once. Applies the
/// limits and the structure of lines (RFC 9112 section 2.2): every line ends in CRLF, none is
/// folded (section 5.2).
class HeadScanner {
 public:
  enum class Result : std::uint8_t {
    need_more,
    complete,
    malformed,
    request_line_too_long,  ///< the request line alone exceeds Limits::http_head_bytes
    too_large,              ///< Limits::http_head_bytes or http_header_fields
  };

  /// `bytes` begins with the request line and with what earlier calls have seen.
  [[nodiscard]] Result scan(std::string_view bytes, const Limits& limits);

  /// The bytes of a complete head, with the empty line at its end.
  [[nodiscard]] std::size_t head_size() const noexcept { return line_; }

  void reset() noexcept { *this = {}; }

 private:
  [[nodiscard]] Result end_line(std::string_view line, const Limits& limits);

  std::size_t line_ = 0;     ///< where the current line begins
  std::size_t scanned_ = 0;  ///< there is no LF between line_ and here
  std::size_t lines_ = 0;    ///< ended so far
};

}  // namespace engineio::http
