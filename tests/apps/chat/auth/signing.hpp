#pragma once

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <string>
#include <string_view>

#include "apps/chat/auth/base64url.hpp"

namespace tests {

inline constexpr char hs256_header[] = R"({"alg":"HS256","typ":"JWT"})";

/// A token of these texts, signed with HS256 whatever the header says.
inline std::string sign(std::string_view payload, std::string_view header = hs256_header,
                        std::string_view secret = "secret") {
  const std::string text = chat::encode_base64url(header) + "." + chat::encode_base64url(payload);
  unsigned char code[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), code, &size);
  return text + "." + chat::encode_base64url({reinterpret_cast<const char*>(code), size});
}

}  // namespace tests
