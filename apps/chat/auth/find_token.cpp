#include "apps/chat/auth/find_token.hpp"

#include <string_view>

#include "apps/chat/auth/truthy.hpp"

namespace chat {

using socketio::Value;

Value find_token(const socketio::Handshake& handshake) {
  constexpr std::string_view scheme = "Bearer ";
  if (const Value& in_query = handshake.query["token"]; is_truthy(in_query)) {
    return in_query;
  }
  const auto header = handshake.headers["authorization"].as_string();
  if (header && header->starts_with(scheme)) {
    return header->substr(scheme.size());
  }
  const Value& in_auth = handshake.auth["token"];
  return is_truthy(in_auth) ? in_auth : Value();
}

}  // namespace chat
