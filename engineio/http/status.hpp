#pragma once

#include <string>
#include <string_view>

namespace engineio::http {

/// The reason phrase of a status code (RFC 9110 section 15), as Node writes it; `unknown` for codes
/// that have none.
[[nodiscard]] std::string_view reason_phrase(unsigned status) noexcept;

/// `HTTP/1.1 404 Not Found` and the end of the line.
[[nodiscard]] std::string status_line(unsigned status);

}  // namespace engineio::http
