#include "engineio/websocket/permessage_deflate.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "engineio/websocket/extensions.hpp"

namespace engineio::websocket {
namespace {

constexpr std::string_view extension_name = "permessage-deflate";
constexpr int min_zlib_window_bits = 9;
constexpr int max_window_bits = 15;

/// A well-formed offer.
struct Offer {
  bool server_no_context_takeover = false;
  bool client_no_context_takeover = false;
  std::optional<int> server_max_window_bits;
  std::optional<int> client_max_window_bits;
  bool client_window_negotiable = false;
};

std::optional<int> window_bits(const std::optional<std::string>& value) {
  constexpr std::array<std::string_view, 8> values = {"8", "9", "10", "11", "12", "13", "14", "15"};
  const auto found = std::find(values.begin(), values.end(), value.value_or(""));
  return found == values.end() ? std::nullopt
                               : std::optional(8 + static_cast<int>(found - values.begin()));
}

/// False if the parameter is unknown, came before, or has no right value.
bool add_parameter(Offer& offer, const ExtensionParameter& parameter) {
  const auto set_flag = [&](bool& flag) { return !parameter.value && !std::exchange(flag, true); };
  if (parameter.name == "server_no_context_takeover") {
    return set_flag(offer.server_no_context_takeover);
  }
  if (parameter.name == "client_no_context_takeover") {
    return set_flag(offer.client_no_context_takeover);
  }
  if (parameter.name == "server_max_window_bits") {
    const bool repeated = offer.server_max_window_bits.has_value();
    offer.server_max_window_bits = window_bits(parameter.value);
    return !repeated && offer.server_max_window_bits;
  }
  if (parameter.name == "client_max_window_bits") {
    const bool repeated = std::exchange(offer.client_window_negotiable, true);
    offer.client_max_window_bits = window_bits(parameter.value);
    return !repeated && (!parameter.value || offer.client_max_window_bits);
  }
  return false;
}

std::optional<Offer> to_offer(const std::vector<ExtensionParameter>& parameters) {
  Offer offer;
  for (const auto& parameter : parameters) {
    if (!add_parameter(offer, parameter)) {
      return std::nullopt;
    }
  }
  return offer;
}

/// nullopt if the header or one of the offers for this extension is invalid.
std::optional<std::vector<Offer>> read_offers(std::string_view header) {
  const auto extensions = parse_extensions(header);
  if (!extensions) {
    return std::nullopt;
  }
  std::vector<Offer> offers;
  for (const auto& extension : *extensions) {
    if (extension.name != extension_name) {
      continue;
    }
    const auto offer = to_offer(extension.parameters);
    if (!offer) {
      return std::nullopt;
    }
    offers.push_back(*offer);
  }
  return offers;
}

bool is_acceptable(const Offer& offer) {
  return offer.server_max_window_bits.value_or(max_window_bits) >= min_zlib_window_bits;
}

DeflateAgreement accept(const Offer& offer, const DeflateOptions& options) {
  DeflateAgreement agreement;
  auto& [parameters, response] = agreement;
  response = extension_name;
  parameters.server_no_context_takeover =
      offer.server_no_context_takeover || options.server_no_context_takeover;
  if (parameters.server_no_context_takeover) {
    response += "; server_no_context_takeover";
  }
  parameters.client_no_context_takeover =
      offer.client_no_context_takeover || options.client_no_context_takeover;
  if (parameters.client_no_context_takeover) {
    response += "; client_no_context_takeover";
  }
  parameters.server_window_bits =
      std::min(offer.server_max_window_bits.value_or(max_window_bits),
               std::clamp(options.server_max_window_bits, min_zlib_window_bits, max_window_bits));
  if (offer.server_max_window_bits || parameters.server_window_bits < max_window_bits) {
    response += "; server_max_window_bits=" + std::to_string(parameters.server_window_bits);
  }
  parameters.client_window_bits = offer.client_max_window_bits.value_or(max_window_bits);
  if (offer.client_max_window_bits) {
    response += "; client_max_window_bits=" + std::to_string(parameters.client_window_bits);
  }
  return agreement;
}

}  // namespace

DeflateNegotiation negotiate_deflate(std::string_view header, const DeflateOptions& options) {
  const auto offers = read_offers(header);
  if (!offers) {
    return {false, std::nullopt};
  }
  const auto chosen = std::find_if(offers->begin(), offers->end(), is_acceptable);
  if (chosen == offers->end()) {
    return {};
  }
  return {true, accept(*chosen, options)};
}

}  // namespace engineio::websocket
