#pragma once

#include <optional>
#include <regex>
#include <string>
#include <string_view>

#include "engineio/options.hpp"

namespace engineio::http {

/// Searches the pattern in an origin, as JavaScript does.
[[nodiscard]] bool matches(const std::regex& pattern, std::string_view origin);

/// Whether an origin is on the list: `*` stands for any, other strings for the origin that they
/// are, in any case (RFC 6454 section 4), and expressions are searched.
[[nodiscard]] bool is_listed(const Cors::OriginList& list, std::string_view origin);

/// What is wrong with an entry of Options::allowed_origins, in one sentence: one that no browser
/// can match.
[[nodiscard]] std::optional<std::string> origin_problem(const Cors::OriginPattern& entry);

}  // namespace engineio::http
