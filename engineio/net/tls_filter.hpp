#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "engineio/net/tls_context.hpp"

struct ssl_st;

namespace engineio::net {

/// The server's side of one TLS connection, as a filter from bytes to bytes: it has no socket, does
/// not wait, and may move to another thread between two calls. A peer's mistake is a state.
class TlsFilter {
 public:
  explicit TlsFilter(const TlsContext& context);  ///< throws std::bad_alloc
  ~TlsFilter();
  TlsFilter(const TlsFilter&) = delete;
  TlsFilter& operator=(const TlsFilter&) = delete;

  /// Decrypts from the front of `received`, and removes what it used. Returns how much of `into`
  /// was filled; if that is not all of it, then all of `received` was used, the peer has closed,
  /// or the connection has failed. Handshakes happen here too, so there may be output afterwards.
  [[nodiscard]] std::size_t decrypt(std::span<const char>& received, std::span<char> into);

  /// Encrypts `plain`, all of it, into output(). After the handshake.
  void encrypt(std::string_view plain);

  /// Appends close_notify to output(), once; nothing during a handshake.
  void close();
  [[nodiscard]] bool closed() const noexcept { return closed_; }

  [[nodiscard]] bool handshaking() const noexcept;
  [[nodiscard]] bool closed_by_peer() const noexcept { return closed_by_peer_; }

  /// The handshake or a record was wrong: there may be a last alert in output().
  [[nodiscard]] bool failed() const noexcept { return failed_; }

  /// What is to be sent to the peer.
  [[nodiscard]] std::string_view output() const noexcept {
    return std::string_view(output_).substr(sent_);
  }
  void drop_output(std::size_t bytes) noexcept;

  /// The most that encrypt() puts into one record.
  static constexpr std::size_t record_size = 16 * 1024;

 private:
  friend struct TlsBio;
  struct Free {
    void operator()(ssl_st* ssl) const noexcept;
  };

  void check(int result) noexcept;

  std::unique_ptr<ssl_st, Free> ssl_;
  std::span<const char> input_;  // only during decrypt()
  std::string output_;
  std::size_t sent_ = 0;  // of output_
  bool closed_ = false;
  bool closed_by_peer_ = false;
  bool failed_ = false;
};

}  // namespace engineio::net
