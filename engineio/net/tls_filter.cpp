#include "engineio/net/tls_filter.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

namespace engineio::net {

/// What OpenSSL reads from and writes to. A BIO of our own, because OpenSSL's memory BIOs copy what
/// was received and keep their largest size forever.
struct TlsBio {
  static TlsFilter& filter(BIO* bio) { return *static_cast<TlsFilter*>(BIO_get_data(bio)); }

  static int read(BIO* bio, char* into, std::size_t size, std::size_t* done) {
    BIO_clear_retry_flags(bio);
    std::span<const char>& input = filter(bio).input_;
    if (input.empty()) {
      BIO_set_retry_read(bio);
      return 0;
    }
    *done = std::min(size, input.size());
    std::memcpy(into, input.data(), *done);
    input = input.subspan(*done);
    return 1;
  }

  static int write(BIO* bio, const char* bytes, std::size_t size, std::size_t* done) {
    BIO_clear_retry_flags(bio);
    filter(bio).output_.append(bytes, size);
    *done = size;
    return 1;
  }

  static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

  static BIO_METHOD* make_method() {
    BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "connection");
    if (method != nullptr) {
      BIO_meth_set_read_ex(method, read);
      BIO_meth_set_write_ex(method, write);
      BIO_meth_set_ctrl(method, control);
    }
    return method;
  }

  static BIO* make(TlsFilter& filter) {
    static BIO_METHOD* const method = make_method();
    BIO* bio = method == nullptr ? nullptr : BIO_new(method);
    if (bio == nullptr) {
      throw std::bad_alloc();
    }
    BIO_set_data(bio, &filter);
    BIO_set_init(bio, 1);
    return bio;
  }
};

namespace {

/// SSL_get_error() goes by what is in the queue. To clear it costs more than to look.
void forget_errors() {
  if (ERR_peek_error() != 0) {
    ERR_clear_error();
  }
}

}  // namespace

TlsFilter::TlsFilter(const TlsContext& context) : ssl_(SSL_new(context.handle())) {
  if (!ssl_) {
    throw std::bad_alloc();
  }
  BIO* bio = TlsBio::make(*this);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_accept_state(ssl_.get());
}

TlsFilter::~TlsFilter() = default;

std::size_t TlsFilter::decrypt(std::span<const char>& received, std::span<char> into) {
  input_ = received;
  std::size_t filled = 0;
  bool more = true;
  while (more && filled < into.size() && !failed_ && !closed_by_peer_) {
    std::size_t count = 0;
    forget_errors();
    const int result = SSL_read_ex(ssl_.get(), into.data() + filled, into.size() - filled, &count);
    if (result != 1) {
      check(result);
      break;
    }
    filled += count;
    more = !input_.empty() || SSL_has_pending(ssl_.get()) != 0;
  }
  received = std::exchange(input_, {});
  return filled;
}

void TlsFilter::encrypt(std::string_view plain) {
  std::size_t count = 0;
  forget_errors();
  const int result = SSL_write_ex(ssl_.get(), plain.data(), plain.size(), &count);
  if (result != 1 || count != plain.size()) {
    check(result);
    failed_ = true;
  }
}

void TlsFilter::close() {
  if (!std::exchange(closed_, true) && !failed_ && !handshaking()) {
    forget_errors();
    SSL_shutdown(ssl_.get());
  }
}

bool TlsFilter::handshaking() const noexcept { return SSL_is_init_finished(ssl_.get()) == 0; }

void TlsFilter::drop_output(std::size_t bytes) noexcept {
  sent_ += bytes;
  if (sent_ == output_.size()) {
    std::exchange(output_, {});
    sent_ = 0;
  }
}

void TlsFilter::check(int result) noexcept {
  const int error = SSL_get_error(ssl_.get(), result);
  closed_by_peer_ = error == SSL_ERROR_ZERO_RETURN;
  failed_ = !closed_by_peer_ && error != SSL_ERROR_WANT_READ;
}

void TlsFilter::Free::operator()(ssl_st* ssl) const noexcept { SSL_free(ssl); }

}  // namespace engineio::net
