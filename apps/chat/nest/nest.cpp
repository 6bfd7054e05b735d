#include "apps/chat/nest/nest.hpp"

#include <memory>

#include "apps/chat/auth/token_verifier.hpp"
#include "apps/chat/nest/auth_gateway.hpp"
#include "apps/chat/nest/chat_gateway.hpp"
#include "apps/chat/nest/judge_routes.hpp"
#include "apps/chat/nest/rooms_gateway.hpp"

namespace chat {

engineio::Cors nest_cors() {
  return {.origin = engineio::Cors::OriginList{"http://localhost:3000", "https://yourdomain.com"},
          .credentials = true};
}

void serve_nest(socketio::Server& io, const std::string& jwt_secret) {
  const auto verifier =
      std::make_shared<const TokenVerifier>(TokenRules{.keys = secret_keys(jwt_secret)});
  serve_nest_chat(io.of("/chat"));
  serve_nest_rooms(io.of("/rooms"));
  serve_nest_authentication(io.sockets(), verifier);
  serve_judge_routes(io);
}

}  // namespace chat
