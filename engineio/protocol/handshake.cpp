#include "engineio/protocol/handshake.hpp"

#include "engineio/protocol/json_string.hpp"

namespace engineio::protocol {

void append_open_data(std::string& out, const OpenParameters& parameters) {
  out += R"({"sid":")";
  out += parameters.sid;
  out += parameters.websocket_upgrade ? R"(","upgrades":["websocket"],"pingInterval":)"
                                      : R"(","upgrades":[],"pingInterval":)";
  out += std::to_string(parameters.ping_interval.count());
  out += R"(,"pingTimeout":)";
  out += std::to_string(parameters.ping_timeout.count());
  out += R"(,"maxPayload":)";
  out += std::to_string(parameters.max_payload);
  out += '}';
}

std::string_view message(HandshakeError error) {
  switch (error) {
    case HandshakeError::transport_unknown:
      return "Transport unknown";
    case HandshakeError::session_id_unknown:
      return "Session ID unknown";
    case HandshakeError::bad_handshake_method:
      return "Bad handshake method";
    case HandshakeError::bad_request:
      return "Bad request";
    case HandshakeError::forbidden:
      return "Forbidden";
    case HandshakeError::unsupported_protocol_version:
      return "Unsupported protocol version";
  }
  return {};
}

unsigned http_status(HandshakeError error) {
  return error == HandshakeError::forbidden ? 403 : 400;
}

std::string error_body(HandshakeError error, std::string_view custom_message) {
  std::string body = R"({"code":)";
  body += std::to_string(static_cast<int>(error));
  body += R"(,"message":)";
  append_json_string(body, custom_message.empty() ? message(error) : custom_message);
  body += '}';
  return body;
}

}  // namespace engineio::protocol
