#pragma once

#include <memory>

#include "adapters/redis.hpp"

namespace boost::asio::ssl {
class context;
}  // namespace boost::asio::ssl

namespace adapters::redis {

/// What TLS connections to Redis share: TLS 1.2 or newer, the authorities that are trusted, the
/// client's certificate.
class TlsContext {
 public:
  /// Reads the files. Throws std::invalid_argument with a sentence that names the one at fault.
  explicit TlsContext(const RedisOptions::Tls& options);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  [[nodiscard]] boost::asio::ssl::context& handle() noexcept { return *context_; }
  [[nodiscard]] const RedisOptions::Tls& options() const noexcept { return options_; }

 private:
  const RedisOptions::Tls options_;
  std::unique_ptr<boost::asio::ssl::context> context_;
};

}  // namespace adapters::redis
