#pragma once

#include <string>

#include "engineio/http.hpp"
#include "engineio/net/trusted_proxies.hpp"

namespace engineio::core {

/// HttpRequest::client_address of a request: the peer's, or, if that is a trusted proxy, what the
/// `X-Forwarded-For` fields say, from their end on: each proxy adds whom it has seen. The first
/// that is no trusted proxy is the client; what is in front of it anybody may have made up. The
/// walk ends as well in front of what is no address: with a last proxy, not with a guess.
[[nodiscard]] std::string client_address(const net::TrustedProxies& proxies,
                                         const HttpRequest& request);

}  // namespace engineio::core
