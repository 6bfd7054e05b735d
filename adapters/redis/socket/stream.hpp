#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/redis/loop.hpp"
#include "adapters/redis/socket/tls_context.hpp"
#include "adapters/redis/url.hpp"

namespace adapters::redis {

/// What happens to a Stream. It may be destroyed in any of these calls.
class StreamObserver {
 public:
  /// And the TLS handshake is done.
  virtual void on_connected() = 0;
  /// `bytes` are valid during the call.
  virtual void on_bytes(std::span<const char> bytes) = 0;
  /// What was given to write() is on its way.
  virtual void on_written() = 0;
  /// Could not be connected, or is no longer. `refused`: TLS does not accept the peer or the other
  /// way round, so that trying again will not help. The last call.
  virtual void on_closed(const std::string& reason, bool refused) = 0;

 protected:
  ~StreamObserver() = default;
};

/// The bytes to and from one server: TCP, with or without TLS, or a Unix socket. Destroying it
/// closes it, and there are no calls afterwards.
class Stream {
 public:
  /// Connects. None of the calls to `observer` comes from inside a call to the Stream.
  Stream(Loop& loop, const Address& address, TlsContext* tls, StreamObserver& observer);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// All of `pieces` in one go, once connected, and not before the last ones were written. Their
  /// memory must stay until then or until the Stream is destroyed.
  void write(std::span<const std::string_view> pieces);

  class Socket;

 private:
  std::shared_ptr<Socket> socket_;
};

}  // namespace adapters::redis
