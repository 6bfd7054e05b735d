#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace engineio::protocol {

/// What a client learns from the open packet.
struct OpenParameters {
  std::string_view sid;
  bool websocket_upgrade = false;  ///< offer an upgrade to WebSocket (polling only)
  std::chrono::milliseconds ping_interval{25'000};
  std::chrono::milliseconds ping_timeout{20'000};
  std::uint64_t max_payload = 1'000'000;  ///< bytes
};

/// Appends the JSON of an open packet, the data behind its type digit. The sid must not need
/// escaping.
void append_open_data(std::string& out, const OpenParameters& parameters);

/// Why a request is refused. The values are the codes on the wire.
enum class HandshakeError : std::uint8_t {
  transport_unknown,
  session_id_unknown,
  bad_handshake_method,
  bad_request,
  forbidden,
  unsupported_protocol_version,
};

[[nodiscard]] std::string_view message(HandshakeError error);

/// 403 for forbidden, else 400.
[[nodiscard]] unsigned http_status(HandshakeError error);

/// JSON body of the HTTP answer. `custom_message`, valid UTF-8, replaces the message unless empty:
/// the words of the application's own check for `forbidden`.
[[nodiscard]] std::string error_body(HandshakeError error, std::string_view custom_message = {});

}  // namespace engineio::protocol
