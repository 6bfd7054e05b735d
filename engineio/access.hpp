#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "engineio/http.hpp"
#include "engineio/options.hpp"

namespace engineio {

// Who may connect, told by a token: checked before a handshake is answered, so that nothing of a
// client that is refused remains. A client of Socket.IO sends it with `extraHeaders` or `query`;
// its `auth` comes later, with the CONNECT packet, for middlewares of a namespace.
//
//     options.allow_request = engineio::require_token(
//         [&keys](std::string_view token) { return keys.verify(token); });

/// The token of a request: that of `Authorization: Bearer <token>`, else the query parameter
/// `parameter`, for browsers, which cannot set fields of a WebSocket's handshake. What is in a
/// query may end up in the log of a proxy, so such a token should be a short-lived one.
[[nodiscard]] std::optional<std::string> bearer_token(const HttpRequest& request,
                                                      std::string_view parameter = "token");

/// For Options::allow_request: lets in whose bearer_token() is right. A handshake without one is
/// refused as `Missing token`, one that `verify` says false to as `Invalid token`; in an
/// AllowDecision it can say why. Runs on the connection's shard, on all of them at once.
[[nodiscard]] decltype(Options::allow_request) require_token(
    std::function<bool(std::string_view token)> verify);
[[nodiscard]] decltype(Options::allow_request) require_token(
    std::function<AllowDecision(std::string_view token)> verify);

/// The same for a verification that takes time: `decide` may be called from any thread, once, at
/// any time. The client waits until then.
[[nodiscard]] decltype(Options::allow_request) require_token(
    std::function<void(std::string token, std::function<void(AllowDecision)> decide)> verify);

}  // namespace engineio
