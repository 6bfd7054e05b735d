#include "tests/engineio/net/tls_support.hpp"

#include <array>
#include <cstdio>
#include <stdexcept>

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

namespace net_support {

namespace {

template <class T>
T* check(T* pointer) {
  if (pointer == nullptr) {
    throw std::runtime_error("OpenSSL");
  }
  return pointer;
}

void check(int result) {
  if (result != 1) {
    throw std::runtime_error("OpenSSL");
  }
}

template <class Write>
void write_file(const std::string& path, Write write) {
  std::FILE* file = std::fopen(path.c_str(), "w");
  check(write(check(file)));
  std::fclose(file);
}

EVP_PKEY* make_key() { return check(EVP_EC_gen("P-256")); }

void add_extension(X509* certificate, int id, const char* value) {
  X509_EXTENSION* extension = check(X509V3_EXT_conf_nid(nullptr, nullptr, id, value));
  check(X509_add_ext(certificate, extension, -1));
  X509_EXTENSION_free(extension);
}

/// Without an issuer it signs itself.
X509* make_certificate(const std::string& name, EVP_PKEY* key, const X509* issuer,
                       EVP_PKEY* issuer_key) {
  static long serial = 0;
  X509* certificate = check(X509_new());
  check(X509_set_version(certificate, X509_VERSION_3));
  check(ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial));
  check(X509_gmtime_adj(X509_getm_notBefore(certificate), -60));
  check(X509_gmtime_adj(X509_getm_notAfter(certificate), 3600));
  check(X509_set_pubkey(certificate, key));
  X509_NAME* subject = X509_get_subject_name(certificate);
  check(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                                   0));
  check(X509_set_issuer_name(certificate, issuer ? X509_get_subject_name(issuer) : subject));
  add_extension(certificate, NID_basic_constraints, issuer ? "CA:FALSE" : "critical,CA:TRUE");
  if (X509_sign(certificate, issuer ? issuer_key : key, EVP_sha256()) == 0) {
    throw std::runtime_error("X509_sign");
  }
  return certificate;
}

void write_certificate(const std::string& path, X509* certificate) {
  write_file(path, [&](std::FILE* file) { return PEM_write_X509(file, certificate); });
}

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  std::string name = (std::filesystem::temp_directory_path() / "net-test-XXXXXX").string();
  path_ = check(::mkdtemp(name.data()));
}

TemporaryDirectory::~TemporaryDirectory() { std::filesystem::remove_all(path_); }

Authority::Authority(const TemporaryDirectory& directory, const std::string& name)
    : directory_(directory),
      certificate_file_(directory.file(name + ".pem")),
      key_(make_key()),
      certificate_(make_certificate(name, key_, nullptr, nullptr)) {
  write_certificate(certificate_file_, certificate_);
}

Authority::~Authority() {
  X509_free(certificate_);
  EVP_PKEY_free(key_);
}

Identity Authority::issue(const std::string& name) const {
  Identity identity{directory_.file(name + ".pem"), directory_.file(name + ".key")};
  EVP_PKEY* key = make_key();
  X509* certificate = make_certificate(name, key, certificate_, key_);
  write_certificate(identity.certificate_file, certificate);
  write_file(identity.private_key_file, [&](std::FILE* file) {
    return PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
  X509_free(certificate);
  EVP_PKEY_free(key);
  return identity;
}

TlsClient::TlsClient(std::uint16_t port, const TlsClientOptions& options)
    : client(port), context_(check(SSL_CTX_new(TLS_client_method()))) {
  client.send(options.greeting);
  if (!options.ca_file.empty()) {
    check(SSL_CTX_load_verify_file(context_, options.ca_file.c_str()));
    SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
  }
  if (!options.identity.certificate_file.empty()) {
    check(SSL_CTX_use_certificate_file(context_, options.identity.certificate_file.c_str(),
                                       SSL_FILETYPE_PEM));
    check(SSL_CTX_use_PrivateKey_file(context_, options.identity.private_key_file.c_str(),
                                      SSL_FILETYPE_PEM));
  }
  if (options.max_version != 0) {
    check(static_cast<int>(SSL_CTX_set_max_proto_version(context_, options.max_version)));
    SSL_CTX_set_min_proto_version(context_, 0);
    SSL_CTX_set_security_level(context_, 0);
  }
  SSL_CTX_set_alpn_protos(context_, reinterpret_cast<const unsigned char*>(options.alpn.data()),
                          static_cast<unsigned>(options.alpn.size()));
  ssl = check(SSL_new(context_));
  if (options.resume != nullptr) {
    SSL_SESSION* session = check(SSL_get1_session(options.resume));
    check(SSL_set_session(ssl, session));
    SSL_SESSION_free(session);
  }
  check(SSL_set_fd(ssl, client.socket.number()));
  ERR_clear_error();
  connected_ = SSL_connect(ssl) == 1;
}

TlsClient::~TlsClient() {
  SSL_free(ssl);
  SSL_CTX_free(context_);
}

bool TlsClient::resumed() const { return SSL_session_reused(ssl) == 1; }

std::string TlsClient::version() const { return SSL_get_version(ssl); }

std::string TlsClient::protocol() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl, &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

std::string TlsClient::peer_name() const {
  std::array<char, 100> name{};
  X509* certificate = check(SSL_get1_peer_certificate(ssl));
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(),
                            static_cast<int>(name.size()));
  X509_free(certificate);
  return name.data();
}

void TlsClient::send(std::string_view bytes) {
  std::size_t sent = 0;
  check(SSL_write_ex(ssl, bytes.data(), bytes.size(), &sent));
}

std::string TlsClient::receive(std::size_t size) {
  std::string bytes(size, '\0');
  std::size_t filled = 0;
  ERR_clear_error();
  while (filled < size) {
    std::size_t count = 0;
    if (SSL_read_ex(ssl, bytes.data() + filled, size - filled, &count) != 1) {
      break;
    }
    filled += count;
  }
  bytes.resize(filled);
  return bytes;
}

bool TlsClient::received_close_notify() {
  return receive(1).empty() && (SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN) != 0;
}

void TlsClient::ask_for_new_keys() { check(SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED)); }

std::string TlsClient::key_updates(int count) {
  BIO* memory = check(BIO_new(BIO_s_mem()));
  SSL_set0_wbio(ssl, memory);
  for (int i = 0; i < count; ++i) {
    ask_for_new_keys();
    check(SSL_do_handshake(ssl));
  }
  std::string bytes(BIO_ctrl_pending(memory), '\0');
  BIO_read(memory, bytes.data(), static_cast<int>(bytes.size()));
  return bytes;
}

void TlsClient::close() { SSL_shutdown(ssl); }

}  // namespace net_support
