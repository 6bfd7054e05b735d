#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace engineio::websocket {

/// One parameter of an extension offer, `name` or `name=value`. The name is a view into the header;
/// the value is unquoted.
struct ExtensionParameter {
  std::string_view name;
  std::optional<std::string> value;
};

struct ExtensionOffer {
  std::string_view name;
  std::vector<ExtensionParameter> parameters;
};

/// Parses a Sec-WebSocket-Extensions header (RFC 6455 section 9.1), fields of the same name joined
/// by commas. nullopt: it does not follow the grammar. Takes time linear in the size of the header.
[[nodiscard]] std::optional<std::vector<ExtensionOffer>> parse_extensions(std::string_view header);

}  // namespace engineio::websocket
