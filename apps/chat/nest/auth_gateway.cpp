#include "apps/chat/nest/auth_gateway.hpp"

#include <utility>

#include "apps/chat/auth/find_token.hpp"
#include "apps/chat/auth/session_expiry.hpp"

namespace chat {

using socketio::Namespace;
using socketio::Object;
using socketio::Socket;

namespace {

void authenticate(Socket& socket, const TokenVerifier& verifier) {
  const auto token = verifier.verify_found(find_token(socket.handshake()), current_time());
  if (!token) {
    socket.emit("authError", authentication_error(token.error));
    socket.disconnect();
    return;
  }
  const NestField id = find_field(token.claims, "sub");
  socket.join(user_room(id));
  Object user;
  add_field(user, "id", id);
  add_field(user, "email", find_field(token.claims, "email"));
  add_field(user, "username", find_field(token.claims, "username"));
  socket.emit("authenticated", Object{{"user", std::move(user)}, {"timestamp", nest_timestamp()}});
}

}  // namespace

void serve_nest_authentication(Namespace& nsp, std::shared_ptr<const TokenVerifier> verifier) {
  nsp.on_connection(
      [verifier = std::move(verifier)](Socket& socket) { authenticate(socket, *verifier); });
}

std::string user_room(const NestField& user_id) { return "user:" + to_text(user_id); }

}  // namespace chat
