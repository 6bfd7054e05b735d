#pragma once

#include <memory>
#include <string_view>

#include "apps/chat/auth/token_verifier.hpp"

namespace chat {

/// Checks signatures with one key (RFC 7518 section 3). Any thread.
class SignatureKey {
 public:
  /// Throws std::invalid_argument; see TokenVerifier.
  [[nodiscard]] static std::unique_ptr<SignatureKey> make(const TokenKey& key);
  virtual ~SignatureKey() = default;

  [[nodiscard]] TokenAlgorithm algorithm() const noexcept { return algorithm_; }

  /// Whether `signature`, in base64url, is the one of `text`.
  [[nodiscard]] virtual bool matches(std::string_view text, std::string_view signature) const = 0;

 protected:
  explicit SignatureKey(TokenAlgorithm algorithm) noexcept : algorithm_(algorithm) {}

 private:
  const TokenAlgorithm algorithm_;
};

}  // namespace chat
