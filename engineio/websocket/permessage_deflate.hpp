#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace engineio::websocket {

/// What this server wants of permessage-deflate (RFC 7692).
struct DeflateOptions {
  /// Messages shorter than this, in bytes, are sent as they are, unless the window is carried over
  /// from message to message, which makes short ones worth it.
  std::size_t threshold = 1024;
  /// Whether a side starts each message with an empty window. Off, a connection holds up to 256 kB
  /// (server) and 32 kB (client) as long as it lives; on, it holds nothing between messages.
  bool server_no_context_takeover = true;
  bool client_no_context_takeover = true;
  /// Upper bound of the server's own window, 9 to 15 (log2 of bytes).
  int server_max_window_bits = 15;
  /// zlib's compression level, 0 to 9, or -1 for its default.
  int level = -1;
};

/// What was agreed on for one connection.
struct DeflateParameters {
  bool server_no_context_takeover = false;
  bool client_no_context_takeover = false;
  int server_window_bits = 15;  ///< 9 to 15
  int client_window_bits = 15;  ///< 8 to 15

  bool operator==(const DeflateParameters&) const = default;
};

struct DeflateAgreement {
  DeflateParameters parameters;
  std::string response;  ///< value of the Sec-WebSocket-Extensions field of the answer
};

struct DeflateNegotiation {
  /// False: the upgrade is to be refused with invalid_extensions_message, as `ws` does, since the
  /// header is malformed or an offer has an unknown, repeated or invalid parameter.
  bool valid = true;
  /// nullopt: no compression. There was no offer, or none that this server can keep to.
  std::optional<DeflateAgreement> agreement;
};

/// Answers the Sec-WebSocket-Extensions field of a client: the first acceptable offer is taken. An
/// offer that restricts the server to a window of 256 bytes is declined: zlib cannot do that.
[[nodiscard]] DeflateNegotiation negotiate_deflate(std::string_view header,
                                                   const DeflateOptions& options);

}  // namespace engineio::websocket
