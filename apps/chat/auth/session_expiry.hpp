#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string_view>

#include "apps/chat/auth/token_verifier.hpp"
#include "socketio/socket.hpp"

namespace chat {

/// What happens when a token ends during a connection.
struct SessionExpiryOptions {
  /// How long before the end the client is told, so that it can refresh; 0: it is not.
  std::chrono::seconds notice{60};

  /// The session goes on with a new token of the same user. On the socket's shard. Empty: nothing.
  std::function<void(socketio::Socket&, const socketio::Value& claims)> on_refresh = nullptr;

  /// The wall clock.
  std::function<std::chrono::sys_seconds()> clock = current_time;
};

/// Ends the session of `socket` when `token`, with which it was accepted, does:
///
///  - `notice` before, the client gets `tokenExpiring` `{expiresAt}`;
///  - any time, it may send `refreshToken` `{token}`, and its ack gets `{success:true, expiresAt}`
///    (without `expiresAt` where the token never ends), or `{error}` when the token is refused or
///    of another `sub`; the old one then stays;
///  - at the end, it gets `authError` `{message:"Authentication failed", error:"jwt expired"}` and
///    is disconnected from the namespace.
///
/// Called once for a socket, on its shard, where everything happens. A step of the wall clock is
/// noticed within an hour.
void end_with_token(socketio::Socket& socket, std::shared_ptr<const TokenVerifier> verifier,
                    const VerifiedToken& token, SessionExpiryOptions options = {});

/// `{message:"Authentication failed", error}`: what `authError` says to a client.
[[nodiscard]] socketio::Value authentication_error(std::string_view error);

}  // namespace chat
