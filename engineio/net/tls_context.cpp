#include "engineio/net/tls_context.hpp"

#include <new>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace engineio::net {

namespace {

constexpr std::string_view http_1_1 = "http/1.1";

[[noreturn]] void fail(const std::string& sentence) {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  throw std::runtime_error(reason == nullptr ? sentence + "." : sentence + ": " + reason + ".");
}

/// Takes HTTP/1.1 if the client offers it among others. A client that offers only other protocols
/// is refused (RFC 7301, section 3.2).
int select_protocol(SSL*, const unsigned char** selected, unsigned char* selected_size,
                    const unsigned char* offered, unsigned int offered_size, void*) {
  std::string_view list(reinterpret_cast<const char*>(offered), offered_size);
  while (!list.empty()) {
    const auto size = static_cast<unsigned char>(list.front());
    const std::string_view protocol = list.substr(1, size);
    if (protocol == http_1_1) {
      *selected = reinterpret_cast<const unsigned char*>(protocol.data());
      *selected_size = size;
      return SSL_TLSEXT_ERR_OK;
    }
    list.remove_prefix(1 + protocol.size());
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

/// An encrypted key is an error; OpenSSL would ask for its password on the terminal.
int no_password(char*, int, int, void*) { return -1; }

void set_rules(SSL_CTX* context) {
  SSL_CTX_set_default_passwd_cb(context, no_password);
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);  // tickets need no cache
  SSL_CTX_set_alpn_select_cb(context, select_protocol, nullptr);
}

void use_certificate(SSL_CTX* context, const Tls& tls) {
  if (SSL_CTX_use_certificate_chain_file(context, tls.certificate_file.c_str()) != 1) {
    fail("The TLS certificate file '" + tls.certificate_file + "' cannot be used");
  }
  if (SSL_CTX_use_PrivateKey_file(context, tls.private_key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context) != 1) {
    fail("The TLS private key file '" + tls.private_key_file + "' cannot be used with '" +
         tls.certificate_file + "'");
  }
}

void verify_clients(SSL_CTX* context, const Tls& tls) {
  SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(tls.ca_file.c_str()));
  if (SSL_CTX_load_verify_file(context, tls.ca_file.c_str()) != 1) {
    fail("The file of certificate authorities '" + tls.ca_file + "' cannot be used");
  }
  SSL_CTX_set_verify(
      context,
      SSL_VERIFY_PEER | (tls.require_client_certificate ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
      nullptr);
  // Without an id, a client that resumes a session with its certificate is refused.
  constexpr unsigned char id[] = "engineio";
  SSL_CTX_set_session_id_context(context, id, sizeof(id) - 1);
}

}  // namespace

TlsContext::TlsContext(const Tls& tls) : context_(SSL_CTX_new(TLS_server_method())) {
  if (!context_) {
    throw std::bad_alloc();
  }
  ERR_clear_error();
  set_rules(context_.get());
  use_certificate(context_.get(), tls);
  if (!tls.ca_file.empty()) {
    verify_clients(context_.get(), tls);
  } else if (tls.require_client_certificate) {
    fail(
        "Client certificates are required, so Tls::ca_file has to name the file to verify them "
        "with");
  }
}

void TlsContext::Free::operator()(ssl_ctx_st* context) const noexcept { SSL_CTX_free(context); }

}  // namespace engineio::net
