#include "apps/bench/generator/tls.hpp"

#include <openssl/ssl.h>

#include <cerrno>

#include "apps/bench/generator/failure.hpp"

namespace bench {
namespace {

SSL_CTX* make_context() {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  if (context == nullptr) {
    throw Failure("OpenSSL has no TLS");
  }
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(context, 1);  // a record in one read instead of two
  return context;
}

// Of all connections, until the end of the program.
SSL_CTX* shared_context() {
  static SSL_CTX* const context = make_context();
  return context;
}

std::ptrdiff_t to_result(const SSL* ssl, int result) {
  if (result > 0) {
    return result;
  }
  switch (SSL_get_error(ssl, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      errno = EAGAIN;
      return -1;
    case SSL_ERROR_ZERO_RETURN:
      return 0;
    default:
      errno = EPROTO;
      return -1;
  }
}

}  // namespace

Tls::Tls(int descriptor) : ssl_(SSL_new(shared_context())) {
  if (ssl_ == nullptr || SSL_set_fd(ssl_.get(), descriptor) != 1) {
    throw Failure("OpenSSL makes no connection");
  }
  SSL_set_connect_state(ssl_.get());
}

std::ptrdiff_t Tls::receive(std::span<char> space) {
  return to_result(ssl_.get(), SSL_read(ssl_.get(), space.data(), static_cast<int>(space.size())));
}

std::ptrdiff_t Tls::send(std::string_view bytes) {
  return to_result(ssl_.get(), SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())));
}

void Tls::Free::operator()(ssl_st* ssl) const { SSL_free(ssl); }

}  // namespace bench
