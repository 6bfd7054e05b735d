#pragma once

#include <string_view>

namespace engineio::http {

/// The reason phrase of a status code (RFC 9110 section 15), as Node writes it; `unknown` for codes
/// that have none.
[[nodiscard]] std::string_view reason_phrase(unsigned status) noexcept;

}  // namespace engineio::http
