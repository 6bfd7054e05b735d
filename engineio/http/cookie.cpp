#include "engineio/http/cookie.hpp"

#include <algorithm>

#include "engineio/http/text.hpp"

namespace engineio::http {

namespace {

bool is_path(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= ' ' && c <= '~' && c != ';' && c != '<'; });
}

bool is_domain_label(std::string_view label) noexcept {
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(),
                     [](char c) { return is_alphanumeric(c) || c == '-'; });
}

bool is_domain(std::string_view text) noexcept {
  if (text.starts_with('.')) {
    text.remove_prefix(1);
  }
  for (;;) {
    const auto dot = text.find('.');
    if (!is_domain_label(text.substr(0, dot))) {
      return false;
    }
    if (dot == std::string_view::npos) {
      return true;
    }
    text.remove_prefix(dot + 1);
  }
}

/// As JavaScript's encodeURIComponent().
void append_encoded(std::string& out, std::string_view value) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  constexpr std::string_view unreserved = "-_.!~*'()";
  for (const char c : value) {
    if (is_alphanumeric(c) || unreserved.find(c) != std::string_view::npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', hex[byte >> 4U], hex[byte & 15U]};
    }
  }
}

std::string_view same_site_attribute(Cookie::SameSite same_site) noexcept {
  switch (same_site) {
    case Cookie::SameSite::strict:
      return "; SameSite=Strict";
    case Cookie::SameSite::lax:
      return "; SameSite=Lax";
    case Cookie::SameSite::none:
      return "; SameSite=None";
    case Cookie::SameSite::unset:
      break;
  }
  return {};
}

}  // namespace

std::optional<std::string> cookie_problem(const Cookie& cookie) {
  if (!is_token(cookie.name)) {
    return "the cookie's name must be a token (RFC 6265): letters, digits and !#$%&'*+-.^_`|~";
  }
  if (cookie.path && !is_path(*cookie.path)) {
    return "the cookie's path must be printable ASCII without ';' and '<'";
  }
  if (cookie.domain && !cookie.domain->empty() && !is_domain(*cookie.domain)) {
    return "the cookie's domain must be a host name";
  }
  return std::nullopt;
}

std::string set_cookie(const Cookie& cookie, std::string_view value) {
  std::string out = cookie.name + '=';
  append_encoded(out, value);
  if (cookie.max_age) {
    out += "; Max-Age=" + std::to_string(cookie.max_age->count());
  }
  if (cookie.domain && !cookie.domain->empty()) {
    out += "; Domain=" + *cookie.domain;
  }
  if (cookie.path && !cookie.path->empty()) {
    out += "; Path=" + *cookie.path;
  }
  out += cookie.http_only ? "; HttpOnly" : "";
  out += cookie.secure ? "; Secure" : "";
  out += cookie.partitioned ? "; Partitioned" : "";
  out += same_site_attribute(cookie.same_site);
  return out;
}

}  // namespace engineio::http
