#pragma once

#include <memory>
#include <string_view>

#include "apps/chat/auth/token_verifier.hpp"
#include "apps/chat/nest/nest_call.hpp"
#include "socketio/namespace.hpp"

namespace chat {

/// The authentication gateway of the seed document (section 4) on `nsp`: who comes with a good
/// token gets `authenticated` and is in the room `user:<sub>`, others get `authError` and are
/// disconnected.
void serve_nest_authentication(socketio::Namespace& nsp,
                               std::shared_ptr<const TokenVerifier> verifier);

/// The room of a user, on all servers of the cluster.
[[nodiscard]] std::string user_room(const NestField& user_id);

}  // namespace chat
