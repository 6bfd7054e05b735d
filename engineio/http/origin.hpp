#pragma once

#include <optional>
#include <regex>
#include <string>
#include <string_view>

#include "engineio/http.hpp"
#include "engineio/options.hpp"

namespace engineio::http {

/// Searches the pattern in an origin, as JavaScript does.
[[nodiscard]] bool matches(const std::regex& pattern, std::string_view origin);

/// Whether an origin is on the list: `*` stands for any, other strings for the origin that they
/// are, in any case (RFC 6454 section 4), and expressions are searched.
[[nodiscard]] bool is_listed(const Cors::OriginList& list, std::string_view origin);

/// Whether a request without an Origin comes from a page of another site all the same: browsers
/// name none for scripts, images and forms that get, but most tell by Sec-Fetch-Site where they
/// are. Those that do not are taken for elsewhere when they ask for JSONP, which only pages do.
[[nodiscard]] bool comes_from_elsewhere(const HttpHeaders& headers, bool jsonp);

/// What is wrong with an entry of Options::allowed_origins, in one sentence: one that no browser
/// can match.
[[nodiscard]] std::optional<std::string> origin_problem(const Cors::OriginPattern& entry);

}  // namespace engineio::http
