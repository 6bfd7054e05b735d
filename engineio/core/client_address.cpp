#include "engineio/core/client_address.hpp"

#include <optional>
#include <string_view>

#include "engineio/http/text.hpp"
#include "engineio/net/address.hpp"

namespace engineio::core {

namespace {

/// Several fields of one name are one list (RFC 9110 section 5.3).
std::string forwarded_for(const HttpHeaders& headers) {
  std::string list;
  headers.for_each([&](std::string_view name, std::string_view value) {
    if (http::equal_ignoring_case(name, "x-forwarded-for")) {
      list.append(list.empty() ? "" : ",").append(value);
    }
  });
  return list;
}

std::string_view cut_last(std::string_view& list) {
  const auto comma = list.rfind(',');
  const bool is_only = comma == std::string_view::npos;
  const auto last = http::trim(list.substr(is_only ? 0 : comma + 1));
  list = list.substr(0, is_only ? 0 : comma);
  return last;
}

/// With or without a port: `10.0.0.1:5000`, `[2001:db8::1]:5000`, `[2001:db8::1]`.
std::optional<net::IpAddress> parse_entry(std::string_view entry) {
  const auto colon = entry.rfind(':');
  if (entry.starts_with('[')) {
    const auto end = entry.find(']');
    const bool closed = end + 1 == entry.size() || end + 1 == colon;
    return closed ? net::IpAddress::parse(entry.substr(1, end - 1)) : std::nullopt;
  }
  const bool has_port = colon != std::string_view::npos && entry.find(':') == colon;
  return net::IpAddress::parse(entry.substr(0, has_port ? colon : entry.size()));
}

}  // namespace

std::string client_address(const net::TrustedProxies& proxies, const HttpRequest& request) {
  if (proxies.empty() || !proxies.trust(request.remote_address)) {
    return request.remote_address;
  }
  std::optional<net::IpAddress> seen;
  const std::string fields = forwarded_for(request.headers);
  for (std::string_view list = fields; !list.empty();) {
    const auto entry = cut_last(list);
    if (entry.empty()) {
      continue;
    }
    const auto address = parse_entry(entry);
    if (!address) {
      break;
    }
    seen = address;
    if (!proxies.trust(*seen)) {
      break;
    }
  }
  return seen ? seen->text() : request.remote_address;
}

}  // namespace engineio::core
