#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "engineio/options.hpp"
#include "tests/engineio/net/net_support.hpp"

struct evp_pkey_st;
struct ssl_ctx_st;
struct ssl_st;
struct x509_st;

namespace net_support {

/// A directory that is gone with the test.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  [[nodiscard]] std::string file(std::string_view name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

struct Identity {
  std::string certificate_file;
  std::string private_key_file;
};

/// A certificate authority that lives for one test.
class Authority {
 public:
  explicit Authority(const TemporaryDirectory& directory, const std::string& name = "authority");
  ~Authority();

  /// Writes the files of a new certificate for `name`.
  [[nodiscard]] Identity issue(const std::string& name) const;
  [[nodiscard]] const std::string& certificate_file() const { return certificate_file_; }

 private:
  const TemporaryDirectory& directory_;
  std::string certificate_file_;
  evp_pkey_st* key_;
  x509_st* certificate_;
};

struct TlsClientOptions {
  std::string ca_file = {};
  Identity identity = {};
  std::string alpn = {};  ///< in the wire's form
  int max_version = 0;
  ssl_st* resume = nullptr;
  std::string greeting = {};  ///< sent before the handshake
};

/// A blocking TLS peer.
class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port, const TlsClientOptions& options = {});
  ~TlsClient();

  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] bool resumed() const;
  [[nodiscard]] std::string version() const;
  [[nodiscard]] std::string protocol() const;   ///< by ALPN
  [[nodiscard]] std::string peer_name() const;  ///< of the server's certificate

  void send(std::string_view bytes);
  [[nodiscard]] std::string receive(std::size_t size);
  [[nodiscard]] std::string request(std::string_view bytes) {
    send(bytes);
    return receive(bytes.size());
  }
  [[nodiscard]] bool received_close_notify();  ///< waits for the end
  void ask_for_new_keys();
  /// As many requests for new keys, encrypted and not sent. The last thing that is asked of it.
  [[nodiscard]] std::string key_updates(int count);
  void close();  ///< close_notify, and no FIN

  Client client;
  ssl_st* ssl = nullptr;

 private:
  ssl_ctx_st* context_ = nullptr;
  bool connected_ = false;
};

}  // namespace net_support
