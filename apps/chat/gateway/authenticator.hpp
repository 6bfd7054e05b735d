#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "apps/chat/auth/token_verifier.hpp"
#include "apps/chat/monitoring/log.hpp"
#include "socketio/convert.hpp"
#include "socketio/date.hpp"
#include "socketio/socket.hpp"

namespace chat {

/// Whom a token is for: its `sub`, `email` and `username` (which is `sub` where it has none).
struct User {
  std::string id = {};
  std::optional<std::string> email = {};
  std::string username = {};
};

/// The event `authenticated`.
struct Authenticated {
  User user = {};
  socketio::Date timestamp = {};
};

/// Lets sockets in by their tokens, as seed document 002 does it: `authenticated` {user, timestamp}
/// and the room `user:<id>`, or `authError` {message, error} and the end of the connection to the
/// namespace. So it does when the token ends; see end_with_token(). Any shard.
class Authenticator {
 public:
  /// Without a verifier, everybody is a guest.
  Authenticator(std::shared_ptr<const TokenVerifier> verifier, Log& log)
      : verifier_(std::move(verifier)), log_(log) {}

  enum class Guests { welcome, refused };

  struct Admission {
    bool admitted = false;          ///< false: the socket has been disconnected
    std::optional<User> user = {};  ///< nullopt: a guest
  };

  /// For a socket that has just connected, on its shard. `guests` are those without a token; one
  /// that is wrong is refused in any case.
  [[nodiscard]] Admission admit(socketio::Socket& socket, Guests guests);

  [[nodiscard]] bool enabled() const noexcept { return verifier_ != nullptr; }

 private:
  Admission refuse(socketio::Socket& socket, std::string_view error);

  const std::shared_ptr<const TokenVerifier> verifier_;
  Log& log_;
};

}  // namespace chat

template <>
struct socketio::Fields<chat::User> {
  static constexpr auto members =
      std::tuple(field("id", &chat::User::id), field("email", &chat::User::email),
                 field("username", &chat::User::username));
};

template <>
struct socketio::Fields<chat::Authenticated> {
  static constexpr auto members = std::tuple(field("user", &chat::Authenticated::user),
                                             field("timestamp", &chat::Authenticated::timestamp));
};
