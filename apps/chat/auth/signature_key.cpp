#include "apps/chat/auth/signature_key.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <stdexcept>
#include <string>
#include <utility>

#include "apps/chat/auth/base64url.hpp"

namespace chat {

namespace {

constexpr int least_rsa_bits = 2048;
constexpr std::size_t most_secret_bytes = 64 * 1024;
constexpr std::size_t p256_number_bytes = 32;

template <auto free_function>
struct Free {
  template <class T>
  void operator()(T* object) const noexcept {
    free_function(object);
  }
};

using Bio = std::unique_ptr<BIO, Free<BIO_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Digest = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG_free>>;
using PublicKey = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;

const unsigned char* to_bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// --- Secrets ------------------------------------------------------------------------------------

const EVP_MD* hash_of(TokenAlgorithm algorithm) {
  switch (algorithm) {
    case TokenAlgorithm::hs384:
      return EVP_sha384();
    case TokenAlgorithm::hs512:
      return EVP_sha512();
    default:
      return EVP_sha256();
  }
}

class Secret final : public SignatureKey {
 public:
  explicit Secret(const TokenKey& key)
      : SignatureKey(key.algorithm), hash_(hash_of(key.algorithm)), bytes_(key.material) {
    if (bytes_.empty()) {
      throw std::invalid_argument(
          "The secret for tokens is empty: set one, best of 32 bytes or more.");
    }
    if (bytes_.size() > most_secret_bytes) {
      throw std::invalid_argument("The secret for tokens is longer than 65536 bytes.");
    }
    if (bytes_.starts_with("-----BEGIN ")) {
      throw std::invalid_argument(
          "The secret for tokens is a PEM: for a public key, set the algorithm RS256 or ES256.");
    }
  }

  // The texts are compared and not the bytes, so that a token has one valid spelling only.
  [[nodiscard]] bool matches(std::string_view text, std::string_view signature) const override {
    std::array<unsigned char, EVP_MAX_MD_SIZE> code;
    unsigned size = 0;
    if (HMAC(hash_, bytes_.data(), static_cast<int>(bytes_.size()), to_bytes(text), text.size(),
             code.data(), &size) == nullptr) {
      return false;
    }
    const std::string expected =
        encode_base64url({reinterpret_cast<const char*>(code.data()), size});
    return expected.size() == signature.size() &&
           CRYPTO_memcmp(expected.data(), signature.data(), expected.size()) == 0;
  }

 private:
  const EVP_MD* hash_;
  const std::string bytes_;
};

// --- Public keys --------------------------------------------------------------------------------

PublicKey read_pem(const std::string& pem) {
  const auto open = [&] { return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))); };
  PublicKey key(PEM_read_bio_PUBKEY(open().get(), nullptr, nullptr, nullptr));
  if (key == nullptr) {
    const Certificate certificate(PEM_read_bio_X509(open().get(), nullptr, nullptr, nullptr));
    key.reset(certificate ? X509_get_pubkey(certificate.get()) : nullptr);
  }
  ERR_clear_error();
  if (key == nullptr) {
    throw std::invalid_argument(
        "The public key for tokens is no PEM with a public key or a certificate "
        "(-----BEGIN PUBLIC KEY-----).");
  }
  return key;
}

bool is_p256(const EVP_PKEY* key) {
  std::array<char, 64> curve{};
  return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
         EVP_PKEY_get_group_name(key, curve.data(), curve.size(), nullptr) == 1 &&
         std::string_view(curve.data()) == "prime256v1";
}

class AsymmetricKey final : public SignatureKey {
 public:
  explicit AsymmetricKey(const TokenKey& key)
      : SignatureKey(key.algorithm), key_(read_pem(key.material)) {
    if (is_ecdsa() && !is_p256(key_.get())) {
      throw std::invalid_argument("ES256 needs a public key of the curve P-256 (prime256v1).");
    }
    if (!is_ecdsa() && EVP_PKEY_get_base_id(key_.get()) != EVP_PKEY_RSA) {
      throw std::invalid_argument("RS256 needs an RSA public key.");
    }
    if (!is_ecdsa() && EVP_PKEY_get_bits(key_.get()) < least_rsa_bits) {
      throw std::invalid_argument("RS256 needs an RSA key of 2048 bits or more.");
    }
  }

  [[nodiscard]] bool matches(std::string_view text, std::string_view signature) const override {
    std::string bytes = decode_base64url(signature);
    if (is_ecdsa()) {
      bytes = to_der(bytes);
    }
    const Digest digest(EVP_MD_CTX_new());
    const bool valid =
        digest != nullptr && !bytes.empty() &&
        EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
        EVP_DigestVerify(digest.get(), to_bytes(bytes), bytes.size(), to_bytes(text),
                         text.size()) == 1;
    ERR_clear_error();
    return valid;
  }

 private:
  [[nodiscard]] bool is_ecdsa() const noexcept { return algorithm() == TokenAlgorithm::es256; }

  // A token has the two numbers of the signature side by side, OpenSSL wants ASN.1. Empty where
  // they are not.
  static std::string to_der(const std::string& numbers) {
    if (numbers.size() != 2 * p256_number_bytes) {
      return {};
    }
    const EcdsaSignature signature(ECDSA_SIG_new());
    BIGNUM* r = BN_bin2bn(to_bytes(numbers), p256_number_bytes, nullptr);
    BIGNUM* s = BN_bin2bn(to_bytes(numbers) + p256_number_bytes, p256_number_bytes, nullptr);
    if (signature == nullptr || ECDSA_SIG_set0(signature.get(), r, s) != 1) {
      BN_free(r);
      BN_free(s);
      return {};
    }
    unsigned char* der = nullptr;
    const int size = i2d_ECDSA_SIG(signature.get(), &der);
    std::string result(reinterpret_cast<const char*>(der), size > 0 ? std::size_t(size) : 0);
    OPENSSL_free(der);
    return result;
  }

  const PublicKey key_;
};

}  // namespace

std::unique_ptr<SignatureKey> SignatureKey::make(const TokenKey& key) {
  switch (key.algorithm) {
    case TokenAlgorithm::rs256:
    case TokenAlgorithm::es256:
      return std::make_unique<AsymmetricKey>(key);
    default:
      return std::make_unique<Secret>(key);
  }
}

}  // namespace chat
