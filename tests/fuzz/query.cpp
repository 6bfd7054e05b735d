#include "engineio/protocol/query.hpp"

#include <string>
#include <utility>
#include <vector>

#include "engineio/http.hpp"
#include "engineio/http/compression.hpp"
#include "engineio/http/text.hpp"
#include "engineio/protocol/jsonp.hpp"
#include "engineio/protocol/utf8.hpp"
#include "engineio/websocket/extensions.hpp"
#include "engineio/websocket/handshake.hpp"
#include "engineio/websocket/permessage_deflate.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/targets.hpp"

// What is written into the target and the fields of a request: its query, a form, extensions. The
// first byte says what the others are.

namespace fuzz {

using namespace engineio;

namespace {

std::string escaped(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    result += {'%', digits[byte >> 4], digits[byte & 15]};
  }
  return result;
}

using Parameters = std::vector<std::pair<std::string, std::string>>;

Parameters parameters_of(std::string_view encoded) {
  const Copy copy(encoded);
  const protocol::Query query(copy.view());
  Parameters parameters;
  for (std::size_t i = 0; i < query.size(); ++i) {
    const auto [key, value] = query[i];
    require(query.get(key) == value, "each key is there once");
    require(protocol::is_valid_utf8(key) && protocol::is_valid_utf8(value),
            "decoded text is UTF-8");
    parameters.emplace_back(key, value);
  }
  return parameters;
}

void check_query(std::string_view target) {
  const Copy copy(target);
  const auto parts = protocol::split_target(copy.view());
  require(target.starts_with(parts.path), "a target begins with its path");
  const Parameters parameters = parameters_of(parts.query);
  require(parameters.size() <= protocol::Query::max_parameters, "no more than max_parameters");
  std::string again;
  for (const auto& [key, value] : parameters) {
    again += escaped(key) + "=" + escaped(value) + "&";
  }
  // An empty field is no field: it takes an empty key and an empty value to make one.
  require(parameters_of(again) == parameters, "a query that is encoded again is the same");
}

void check_jsonp(std::string_view body) {
  const Copy copy(body);
  if (const auto payload = protocol::decode_jsonp_body(copy.view())) {
    require(protocol::is_valid_utf8(*payload), "the payload of a form is UTF-8");
    require(payload->size() <= 3 * body.size(), "no more than three bytes for one");
    std::string answer;
    protocol::append_jsonp(answer, copy.view(), *payload);
    require(answer.starts_with("___eio[") && answer.ends_with("\");"), "an answer is a call");
  }
}

void check_extensions(std::string_view header) {
  const Copy copy(header);
  const auto offers = websocket::parse_extensions(copy.view());
  const websocket::DeflateOptions options{.server_no_context_takeover = header.size() % 2 == 0,
                                          .server_max_window_bits = 12};
  const auto negotiation = websocket::negotiate_deflate(copy.view(), options);
  require(offers || !negotiation.valid, "what is no list of extensions is refused");
  if (!negotiation.agreement) {
    return;
  }
  const auto& [agreed, response] = *negotiation.agreement;
  require(agreed.server_window_bits >= 9 && agreed.server_window_bits <= 12, "the server's window");
  require(agreed.client_window_bits >= 8 && agreed.client_window_bits <= 15, "the client's window");
  const auto answer = websocket::parse_extensions(response);
  require(answer && answer->size() == 1 && answer->front().name == "permessage-deflate",
          "the answer is one extension");
  // What was agreed on can be agreed on again.
  const auto again = websocket::negotiate_deflate(response, options);
  require(again.agreement && again.agreement->parameters == agreed,
          "the answer says what is agreed");
}

void check_fields(std::string_view value) {
  const Copy copy(value);
  if (const auto chosen = websocket::first_subprotocol(copy.view())) {
    require(http::is_token(*chosen), "a subprotocol is a token");
  }
  HttpHeaders headers;
  if (headers.add("Accept-Encoding", copy.view())) {
    require(headers.count() == 1 && headers.get("accept-encoding").has_value(), "one field is one");
    (void)http::negotiate_content_coding(headers);
    (void)headers.has_token("Accept-Encoding", "gzip");
  }
}

}  // namespace

void query(std::string_view input) {
  switch (take_byte(input)) {
    case 'j':
      return check_jsonp(input);
    case 'e':
      return check_extensions(input);
    case 'f':
      return check_fields(input);
    default:
      return check_query(input);
  }
}

}  // namespace fuzz
