#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engineio/options.hpp"

namespace engineio::http {

/// What is wrong with the options of a cookie, as one sentence; nullopt when nothing is. The rules
/// are those of RFC 6265: a value that passes cannot add attributes or header fields.
[[nodiscard]] std::optional<std::string> cookie_problem(const Cookie& cookie);

/// The value of a Set-Cookie field. `cookie` must have no cookie_problem(); `value` is
/// percent-encoded where a cookie's value could not hold it.
[[nodiscard]] std::string set_cookie(const Cookie& cookie, std::string_view value);

}  // namespace engineio::http
