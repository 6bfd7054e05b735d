#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace engineio::websocket {

/// The parts of a request that decide about an upgrade (RFC 6455 section 4.2.1). Fields that came
/// several times are joined by commas; nullopt: the field is absent.
struct UpgradeRequest {
  std::string_view method;
  std::optional<std::string_view> upgrade;
  std::optional<std::string_view> key;       ///< Sec-WebSocket-Key
  std::optional<std::string_view> version;   ///< Sec-WebSocket-Version
  std::optional<std::string_view> protocol;  ///< Sec-WebSocket-Protocol
};

/// Why an upgrade is refused: the answer is this HTTP status with this text as body.
struct UpgradeRefusal {
  unsigned status = 400;
  std::string_view message;  ///< lives forever
};

/// nullopt: the request may be upgraded. The order of the checks and the texts are those of `ws`.
[[nodiscard]] std::optional<UpgradeRefusal> check_upgrade(const UpgradeRequest& request);

/// The text that refuses an upgrade for its Sec-WebSocket-Extensions field.
inline constexpr std::string_view invalid_extensions_message =
    "Invalid or unacceptable Sec-WebSocket-Extensions header";

/// The first subprotocol that the client offers, which is the one that `ws` chooses. nullopt: the
/// field is not a list of different tokens.
[[nodiscard]] std::optional<std::string_view> first_subprotocol(std::string_view header);

/// The Sec-WebSocket-Accept field for a key.
[[nodiscard]] std::array<char, 28> accept_key(std::string_view key);

/// Appends the status line and the fields of the answer that accepts a request for which
/// check_upgrade() found nothing, without the empty line at the end. `extensions`: the
/// Sec-WebSocket-Extensions field, left out if empty.
void append_switching_protocols(std::string& out, const UpgradeRequest& request,
                                std::string_view extensions = {});

}  // namespace engineio::websocket
