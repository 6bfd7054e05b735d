#include "apps/chat/auth/signature_key.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

#include "tests/apps/chat/auth/known_tokens.hpp"

using namespace chat;

namespace {

bool matches(const TokenKey& key, std::string_view token) {
  const std::size_t dot = token.rfind('.');
  return SignatureKey::make(key)->matches(token.substr(0, dot), token.substr(dot + 1));
}

// The token with one bit of its signature changed.
std::string spoil(std::string token) {
  char& character = token[token.size() - 10];
  character = character == 'A' ? 'B' : 'A';
  return token;
}

void check_key(const TokenKey& key, const std::string& token) {
  CHECK(SignatureKey::make(key)->algorithm() == key.algorithm);
  CHECK(matches(key, token));
  CHECK_FALSE(matches(key, spoil(token)));
  CHECK_FALSE(matches(key, "x" + token));
  CHECK_FALSE(matches(key, token + "AAAA"));
  CHECK_FALSE(matches(key, token.substr(0, token.size() - 4)));
  CHECK_FALSE(matches(key, token.substr(0, token.rfind('.') + 1)));
}

void check_refused(const TokenKey& key, const char* message) {
  CHECK_THROWS_WITH_AS(static_cast<void>(SignatureKey::make(key)), message, std::invalid_argument);
}

}  // namespace

TEST_CASE("signatures of jsonwebtoken match their keys and nothing else does") {
  check_key({TokenAlgorithm::hs256, "secret"}, tests::hs256_token);
  check_key({TokenAlgorithm::hs384, "secret"}, tests::hs384_token);
  check_key({TokenAlgorithm::hs512, "secret"}, tests::hs512_token);
  check_key({TokenAlgorithm::rs256, tests::rsa_key}, tests::rs256_token);
  check_key({TokenAlgorithm::es256, tests::p256_key}, tests::es256_token);
}

TEST_CASE("the example of RFC 7515, appendix A.1") {
  const char* token =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
      "fQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  const unsigned char secret[] = {3,   35,  53,  75,  43,  15,  165, 188, 131, 126, 6,   101, 119,
                                  123, 166, 143, 90,  179, 40,  230, 240, 84,  201, 40,  169, 15,
                                  132, 178, 210, 80,  46,  191, 211, 251, 90,  146, 210, 6,   71,
                                  239, 150, 138, 180, 195, 119, 98,  61,  34,  61,  46,  33,  114,
                                  5,   46,  79,  8,   192, 205, 154, 245, 103, 208, 128, 163};
  CHECK(matches({TokenAlgorithm::hs256, std::string(secret, secret + sizeof secret)}, token));
}

TEST_CASE("a secret's signature has one spelling") {
  const std::string token = tests::hs256_token;
  CHECK(token.back() == 'I');  // its last two bits mean nothing
  CHECK_FALSE(matches({TokenAlgorithm::hs256, "secret"}, token.substr(0, token.size() - 1) + "J"));
}

TEST_CASE("a public key may come as PKCS #1 or in a certificate") {
  CHECK(matches({TokenAlgorithm::rs256, tests::rsa_key_pkcs1}, tests::rs256_token));
  CHECK(matches({TokenAlgorithm::es256, tests::p256_certificate}, tests::es256_token));
}

TEST_CASE("a key that does not fit its algorithm says what is needed") {
  check_refused({TokenAlgorithm::hs256, ""},
                "The secret for tokens is empty: set one, best of 32 bytes or more.");
  check_refused(
      {TokenAlgorithm::hs512, tests::rsa_key},
      "The secret for tokens is a PEM: for a public key, set the algorithm RS256 or ES256.");
  check_refused({TokenAlgorithm::rs256, tests::p256_key}, "RS256 needs an RSA public key.");
  check_refused({TokenAlgorithm::rs256, tests::short_rsa_key},
                "RS256 needs an RSA key of 2048 bits or more.");
  for (const char* key : {tests::rsa_key, tests::p384_key}) {
    check_refused({TokenAlgorithm::es256, key},
                  "ES256 needs a public key of the curve P-256 (prime256v1).");
  }
  for (const char* text : {"", "secret", "-----BEGIN PUBLIC KEY-----\nrubbish\n"}) {
    check_refused({TokenAlgorithm::rs256, text},
                  "The public key for tokens is no PEM with a public key or a certificate "
                  "(-----BEGIN PUBLIC KEY-----).");
  }
}

TEST_CASE("a secret has at most 64 KiB") {
  CHECK_NOTHROW(
      static_cast<void>(SignatureKey::make({TokenAlgorithm::hs256, std::string(64 * 1024, 'x')})));
  check_refused({TokenAlgorithm::hs256, std::string(64 * 1024 + 1, 'x')},
                "The secret for tokens is longer than 65536 bytes.");
}
