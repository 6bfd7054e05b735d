#include "engineio/http/origin.hpp"

#include <algorithm>
#include <variant>

#include "engineio/http/text.hpp"

namespace engineio::http {

namespace {

/// std::regex matches by recursion, a level or more for each character: what is longer than any
/// real origin would cost the stack. Such an origin matches no pattern.
constexpr std::size_t max_matched_origin = 512;

bool is_listed_as(const Cors::OriginPattern& entry, std::string_view origin) {
  if (const auto* pattern = std::get_if<std::regex>(&entry)) {
    return matches(*pattern, origin);
  }
  const auto& exact = std::get<std::string>(entry);
  return exact == "*" || equal_ignoring_case(exact, origin);
}

/// `scheme://host` or `scheme://host:port`; browsers leave out the port that the scheme implies.
bool can_be_sent(std::string_view origin) {
  const auto scheme = origin.find("://");
  if (scheme == std::string_view::npos || scheme == 0) {
    return false;
  }
  const std::string_view host = origin.substr(scheme + 3);
  const bool has_default_port =
      (equal_ignoring_case(origin.substr(0, scheme), "http") && host.ends_with(":80")) ||
      (equal_ignoring_case(origin.substr(0, scheme), "https") && host.ends_with(":443"));
  return host.find_first_of("/?# \t*") == std::string_view::npos && !has_default_port;
}

}  // namespace

bool matches(const std::regex& pattern, std::string_view origin) {
  return origin.size() <= max_matched_origin &&
         std::regex_search(origin.begin(), origin.end(), pattern);
}

bool is_listed(const Cors::OriginList& list, std::string_view origin) {
  return std::any_of(list.begin(), list.end(),
                     [&](const auto& entry) { return is_listed_as(entry, origin); });
}

bool comes_from_elsewhere(const HttpHeaders& headers, bool jsonp) {
  const auto site = headers.get("sec-fetch-site");
  return site ? *site != "same-origin" && *site != "none" : jsonp;
}

std::optional<std::string> origin_problem(const Cors::OriginPattern& entry) {
  const auto* text = std::get_if<std::string>(&entry);
  if (text == nullptr || *text == "*" || *text == "null" || can_be_sent(*text)) {
    return std::nullopt;
  }
  return "allowed_origins has \"" + *text +
         "\"; write an origin as browsers send it (https://example.com, http://localhost:8080), "
         "*, or a regular expression";
}

}  // namespace engineio::http
