#include "apps/chat/auth/token_verifier.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <utility>

#include "apps/chat/auth/base64url.hpp"
#include "apps/chat/auth/signature_key.hpp"
#include "apps/chat/auth/truthy.hpp"
#include "socketio/codec.hpp"

namespace chat {

using socketio::Value;
using std::chrono::seconds;
using std::chrono::sys_seconds;

namespace {

struct NamedAlgorithm {
  std::string_view name;
  TokenAlgorithm algorithm;
};
constexpr std::array<NamedAlgorithm, 5> algorithms = {{{"HS256", TokenAlgorithm::hs256},
                                                       {"HS384", TokenAlgorithm::hs384},
                                                       {"HS512", TokenAlgorithm::hs512},
                                                       {"RS256", TokenAlgorithm::rs256},
                                                       {"ES256", TokenAlgorithm::es256}}};

// 9999-12-31T23:59:59Z: later than that is never, and a time_point holds it.
constexpr double last_second = 253'402'300'799.0;

VerifiedToken refuse(std::string error) { return {.error = std::move(error), .claims = {}}; }

std::string join(const std::vector<std::string>& texts, std::string_view separator) {
  std::string joined;
  for (const std::string& text : texts) {
    joined += (joined.empty() ? "" : std::string(separator)) + text;
  }
  return joined;
}

bool contains(const std::vector<std::string>& texts, const Value& value) {
  const auto text = value.as_string();
  return text && std::find(texts.begin(), texts.end(), *text) != texts.end();
}

// --- The parts of a token -----------------------------------------------------------------------

struct Parts {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
  std::string_view signed_text;  // header and payload
};

std::optional<Parts> split(std::string_view token) {
  const std::size_t first = token.find('.');
  const std::size_t second = first == token.npos ? first : token.find('.', first + 1);
  if (second == token.npos || token.find('.', second + 1) != token.npos) {
    return std::nullopt;
  }
  return Parts{token.substr(0, first), token.substr(first + 1, second - first - 1),
               token.substr(second + 1), token.substr(0, second)};
}

bool well_formed(const Parts& parts) {
  return !parts.header.empty() && !parts.payload.empty() && is_base64url(parts.header) &&
         is_base64url(parts.payload) && is_base64url(parts.signature);
}

std::optional<Value> parse_json(std::string text) {
  const auto document = socketio::Document::from_json(std::move(text));
  return document ? std::optional(document->root().to_value()) : std::nullopt;
}

// Headers are read as Latin-1, so that none is refused for its bytes.
std::string latin1_to_utf8(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    const auto code = static_cast<unsigned char>(byte);
    if (code < 0x80) {
      text += byte;
    } else {
      text += static_cast<char>(0xc0 | code >> 6);
      text += static_cast<char>(0x80 | (code & 0x3f));
    }
  }
  return text;
}

// What `jsonwebtoken` makes of it: where the header promises a JWT it must be JSON, else it may be
// any text; a text that is an object as JSON counts as that.
std::optional<Value> read_payload(const Value& header, std::string_view encoded) {
  std::optional<Value> payload = decode_base64url(encoded);
  if (header["typ"].as_string() == "JWT") {
    payload = parse_json(decode_base64url(encoded));
  }
  if (const auto text = payload ? payload->as_string() : std::nullopt) {
    std::optional<Value> inner = parse_json(std::string(*text));
    if (inner && (inner->is_object() || inner->is_array())) {
      payload = std::move(inner);
    }
  }
  return payload;
}

// --- Times --------------------------------------------------------------------------------------

double to_number(sys_seconds time) { return static_cast<double>(time.time_since_epoch().count()); }

const Value* find_claim(const Value& claims, std::string_view name) {
  const socketio::Object* object = claims.as_object();
  return object != nullptr ? object->find(name) : nullptr;
}

// Empty, or why the token does not count at `now`.
std::string check_times(const Value& claims, double now, double tolerance) {
  if (const Value* nbf = find_claim(claims, "nbf")) {
    const auto begin = nbf->as_double();
    if (!begin) {
      return "invalid nbf value";
    }
    if (*begin > now + tolerance) {
      return "jwt not active";
    }
  }
  if (const Value* exp = find_claim(claims, "exp")) {
    const auto end = exp->as_double();
    if (!end) {
      return "invalid exp value";
    }
    if (now >= *end + tolerance) {
      return "jwt expired";
    }
  }
  return {};
}

std::optional<sys_seconds> find_end(const Value& claims, double tolerance) {
  const Value* exp = find_claim(claims, "exp");
  const auto end = exp != nullptr ? exp->as_double() : std::nullopt;
  if (!end || *end + tolerance > last_second) {
    return std::nullopt;
  }
  return sys_seconds(seconds(static_cast<std::int64_t>(std::ceil(*end + tolerance))));
}

}  // namespace

std::optional<TokenAlgorithm> token_algorithm(std::string_view name) {
  const auto* const found = std::find_if(algorithms.begin(), algorithms.end(),
                                         [&](const auto& known) { return known.name == name; });
  return found == algorithms.end() ? std::nullopt : std::optional(found->algorithm);
}

std::vector<TokenKey> secret_keys(const std::string& secret) {
  return {{TokenAlgorithm::hs256, secret},
          {TokenAlgorithm::hs384, secret},
          {TokenAlgorithm::hs512, secret}};
}

sys_seconds current_time() { return std::chrono::floor<seconds>(std::chrono::system_clock::now()); }

class TokenVerifier::Impl {
 public:
  explicit Impl(TokenRules rules) : rules_(std::move(rules)) {
    if (rules_.keys.empty()) {
      throw std::invalid_argument("There is no key for tokens: set a secret or a public key.");
    }
    for (const TokenKey& key : rules_.keys) {
      keys_.push_back(SignatureKey::make(key));
    }
  }

  [[nodiscard]] VerifiedToken verify(std::string_view token, sys_seconds now) const {
    if (token.empty()) {
      return refuse("jwt must be provided");
    }
    const std::optional<Parts> parts = split(token);
    if (!parts) {
      return refuse("jwt malformed");
    }
    if (token.size() > rules_.most_bytes) {
      return refuse("jwt longer than " + std::to_string(rules_.most_bytes) + " bytes");
    }
    const auto header = well_formed(*parts)
                            ? parse_json(latin1_to_utf8(decode_base64url(parts->header)))
                            : std::nullopt;
    auto claims =
        header && is_truthy(*header) ? read_payload(*header, parts->payload) : std::nullopt;
    if (!claims) {
      return refuse("invalid token");
    }
    std::string error = check_signature(*header, *parts);
    if (error.empty()) {
      error = check_claims(*claims, now);
    }
    if (!error.empty()) {
      return refuse(std::move(error));
    }
    const auto expires = find_end(*claims, tolerance());
    return {.error = {}, .claims = std::move(*claims), .expires = expires};
  }

 private:
  [[nodiscard]] std::string check_signature(const Value& header, const Parts& parts) const {
    if (parts.signature.empty()) {
      return "jwt signature is required";
    }
    const auto algorithm = token_algorithm(header["alg"].as_string().value_or(""));
    bool known = false;
    for (const auto& key : keys_) {
      if (key->algorithm() == algorithm) {
        known = true;
        if (key->matches(parts.signed_text, parts.signature)) {
          return {};
        }
      }
    }
    return known ? "invalid signature" : "invalid algorithm";
  }

  [[nodiscard]] std::string check_claims(const Value& claims, sys_seconds now) const {
    if (claims.is_null()) {
      return "invalid token";
    }
    std::string error = check_times(claims, to_number(now), tolerance());
    if (!error.empty()) {
      return error;
    }
    if (!rules_.audiences.empty() && !is_for_us(claims["aud"])) {
      return "jwt audience invalid. expected: " + join(rules_.audiences, " or ");
    }
    if (!rules_.issuers.empty() && !contains(rules_.issuers, claims["iss"])) {
      return "jwt issuer invalid. expected: " + join(rules_.issuers, ",");
    }
    return {};
  }

  [[nodiscard]] bool is_for_us(const Value& audience) const {
    const socketio::Array* list = audience.as_array();
    return list == nullptr ? contains(rules_.audiences, audience)
                           : std::any_of(list->begin(), list->end(), [&](const Value& one) {
                               return contains(rules_.audiences, one);
                             });
  }

  [[nodiscard]] double tolerance() const { return static_cast<double>(rules_.tolerance.count()); }

  const TokenRules rules_;
  std::vector<std::unique_ptr<SignatureKey>> keys_;
};

TokenVerifier::TokenVerifier(TokenRules rules) : impl_(std::make_unique<Impl>(std::move(rules))) {}

TokenVerifier::~TokenVerifier() = default;

VerifiedToken TokenVerifier::verify(std::string_view token, sys_seconds now) const {
  return impl_->verify(token, now);
}

VerifiedToken TokenVerifier::verify_found(const Value& token, sys_seconds now) const {
  if (!is_truthy(token)) {
    return refuse("No token provided");
  }
  const auto text = token.as_string();
  return text ? impl_->verify(*text, now) : refuse("jwt must be a string");
}

}  // namespace chat
