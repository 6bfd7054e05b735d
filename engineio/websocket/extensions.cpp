#include "engineio/websocket/extensions.hpp"

#include <utility>

#include "engineio/websocket/token.hpp"

namespace engineio::websocket {
namespace {

/// What stands behind the opening quote; unescaped it has to be a token too.
std::optional<std::string> read_quoted(TokenReader& reader) {
  std::string value;
  while (!reader.take('"')) {
    reader.take('\\');
    const std::string_view token = reader.token();
    if (token.empty()) {
      return std::nullopt;
    }
    value += token;
  }
  return value.empty() ? std::nullopt : std::optional(std::move(value));
}

std::optional<std::string> read_value(TokenReader& reader) {
  if (reader.take('"')) {
    return read_quoted(reader);
  }
  const std::string_view token = reader.token();
  return token.empty() ? std::nullopt : std::optional<std::string>(token);
}

std::optional<ExtensionParameter> read_parameter(TokenReader& reader) {
  reader.skip_whitespace();
  ExtensionParameter parameter{reader.token(), std::nullopt};
  if (parameter.name.empty()) {
    return std::nullopt;
  }
  if (reader.take('=')) {
    parameter.value = read_value(reader);
    if (!parameter.value) {
      return std::nullopt;
    }
  }
  reader.skip_whitespace();
  return parameter;
}

std::optional<ExtensionOffer> read_offer(TokenReader& reader) {
  reader.skip_whitespace();
  ExtensionOffer offer{reader.token(), {}};
  if (offer.name.empty()) {
    return std::nullopt;
  }
  reader.skip_whitespace();
  while (reader.take(';')) {
    auto parameter = read_parameter(reader);
    if (!parameter) {
      return std::nullopt;
    }
    offer.parameters.push_back(std::move(*parameter));
  }
  return offer;
}

}  // namespace

std::optional<std::vector<ExtensionOffer>> parse_extensions(std::string_view header) {
  std::vector<ExtensionOffer> offers;
  TokenReader reader(header);
  do {
    auto offer = read_offer(reader);
    if (!offer) {
      return std::nullopt;
    }
    offers.push_back(std::move(*offer));
  } while (reader.take(','));
  return reader.at_end() ? std::optional(std::move(offers)) : std::nullopt;
}

}  // namespace engineio::websocket
