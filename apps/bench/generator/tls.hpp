#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

struct ssl_st;

namespace bench {

/// The client's side of TLS on a socket that does not block. The server's certificate is not
/// verified: what is measured is what encryption costs.
class Tls {
 public:
  explicit Tls(int descriptor);

  /// As recv() and send(), -1 with EAGAIN included, also while the handshake is under way. What
  /// either has to wait for is something to receive, unless the socket's buffer is full.
  [[nodiscard]] std::ptrdiff_t receive(std::span<char> space);
  [[nodiscard]] std::ptrdiff_t send(std::string_view bytes);

 private:
  struct Free {
    void operator()(ssl_st* ssl) const;
  };

  std::unique_ptr<ssl_st, Free> ssl_;
};

}  // namespace bench
