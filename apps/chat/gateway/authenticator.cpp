#include "apps/chat/gateway/authenticator.hpp"

#include <utility>

#include "apps/chat/auth/find_token.hpp"
#include "apps/chat/auth/session_expiry.hpp"
#include "apps/chat/gateway/names.hpp"
#include "apps/chat/wall_clock.hpp"

namespace chat {

using socketio::Socket;
using socketio::Value;

namespace {

std::optional<std::string> text_of(const Value& value) {
  if (const auto text = value.as_string(); text && !text->empty()) {
    return std::string(*text);
  }
  if (const auto number = value.as_int64()) {
    return std::to_string(*number);
  }
  return std::nullopt;
}

std::optional<User> user_of(const Value& claims) {
  auto id = text_of(claims["sub"]);
  if (!id) {
    return std::nullopt;
  }
  auto username = text_of(claims["username"]).value_or(*id);
  return User{std::move(*id), text_of(claims["email"]), std::move(username)};
}

}  // namespace

Authenticator::Admission Authenticator::admit(Socket& socket, Guests guests) {
  if (verifier_ == nullptr) {
    return {.admitted = true};
  }
  const Value found = find_token(socket.handshake());
  if (found.is_null() && guests == Guests::welcome) {
    return {.admitted = true};
  }
  const VerifiedToken token = verifier_->verify_found(found, current_time());
  if (!token) {
    return refuse(socket, token.error);
  }
  std::optional<User> user = user_of(token.claims);
  if (!user) {
    return refuse(socket, "jwt has no subject (sub)");
  }
  socket.join(user_key(user->id));
  socket.emit("authenticated", Authenticated{*user, wall_clock()});
  end_with_token(socket, verifier_, token);
  return {.admitted = true, .user = std::move(user)};
}

Authenticator::Admission Authenticator::refuse(Socket& socket, std::string_view error) {
  log_.info("authentication failed", {{"socket", socket.id()}, {"error", error}});
  socket.emit("authError", authentication_error(error));
  socket.disconnect();
  return {};
}

}  // namespace chat
