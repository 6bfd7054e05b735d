#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "socketio/value.hpp"

namespace chat {

/// How a token is signed (RFC 7518). There is no `none`.
enum class TokenAlgorithm { hs256, hs384, hs512, rs256, es256 };

/// `HS256`, `HS384`, `HS512`, `RS256`, `ES256`; nullopt for any other text.
[[nodiscard]] std::optional<TokenAlgorithm> token_algorithm(std::string_view name);

/// A key serves one algorithm and no other: a public key is never taken for a secret.
struct TokenKey {
  TokenAlgorithm algorithm = TokenAlgorithm::hs256;
  std::string material;  ///< the secret's bytes, or a public key (RSA, P-256) or certificate as PEM
};

/// A secret for HS256, HS384 and HS512: what a secret is to the npm package `jsonwebtoken`.
[[nodiscard]] std::vector<TokenKey> secret_keys(const std::string& secret);

/// Whom to trust, and for what.
struct TokenRules {
  /// At least one. A token is checked with the keys of its algorithm, so that keys can be changed
  /// while tokens of the old one are still about.
  std::vector<TokenKey> keys = {};
  std::vector<std::string> issuers = {};  ///< `iss` is one of these; empty: any, or none
  std::vector<std::string> audiences =
      {};                              ///< `aud` is, or holds, one of these; empty: any, or none
  std::chrono::seconds tolerance{0};   ///< by which clocks may differ, for `exp` and `nbf`
  std::size_t most_bytes = 16 * 1024;  ///< of a token
};

/// What became of a token.
struct VerifiedToken {
  std::string error;  ///< empty, or why it is refused
  socketio::Value
      claims;  ///< its payload, when `error` is empty: an object, unless a signer was odd
  /// When it ends: its `exp`. nullopt: never.
  std::optional<std::chrono::sys_seconds> expires = std::nullopt;

  explicit operator bool() const noexcept { return error.empty(); }
};

/// Checks JSON Web Tokens (RFC 7519) as the npm package `jsonwebtoken` 9 does: the same tokens
/// pass, and the others get the same errors, in the order in which it looks for them:
///
///  - `jwt malformed`: not three parts; `invalid token`: not base64url, or no JSON in it (where it
///    repeats what JSON.parse says);
///  - `jwt signature is required`, `invalid algorithm`, `invalid signature`;
///  - `invalid nbf value`, `jwt not active`; `invalid exp value`, `jwt expired`;
///  - `jwt audience invalid. expected: A or B`, `jwt issuer invalid. expected: A,B`.
///
/// Signatures are compared in constant time. Any thread.
class TokenVerifier {
 public:
  /// Throws std::invalid_argument with one sentence that says which rule to change, and how: no
  /// key, an empty secret, a PEM that cannot be read or is a key of another algorithm.
  explicit TokenVerifier(TokenRules rules);
  ~TokenVerifier();
  TokenVerifier(const TokenVerifier&) = delete;
  TokenVerifier& operator=(const TokenVerifier&) = delete;

  /// `now` is the time of the wall clock.
  [[nodiscard]] VerifiedToken verify(std::string_view token, std::chrono::sys_seconds now) const;

  /// A token as find_token() found it: `No token provided` for null, `jwt must be a string` for
  /// another type.
  [[nodiscard]] VerifiedToken verify_found(const socketio::Value& token,
                                           std::chrono::sys_seconds now) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// The wall clock, for verify().
[[nodiscard]] std::chrono::sys_seconds current_time();

}  // namespace chat
