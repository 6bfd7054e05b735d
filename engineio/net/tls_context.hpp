#pragma once

#include <memory>

#include "engineio/options.hpp"

struct ssl_ctx_st;

namespace engineio::net {

/// Certificate, key and rules for TLS connections: TLS 1.2 or newer, forward secrecy, HTTP/1.1 by
/// ALPN, session tickets. Immutable, shared by all loops; new files make a new context.
class TlsContext {
 public:
  /// Reads the files. Throws std::runtime_error with a sentence that names the file at fault.
  explicit TlsContext(const Tls& tls);

  [[nodiscard]] ssl_ctx_st* handle() const noexcept { return context_.get(); }

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const noexcept;
  };

  std::unique_ptr<ssl_ctx_st, Free> context_;
};

}  // namespace engineio::net
