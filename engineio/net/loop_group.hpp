#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engineio/net/byte_stream.hpp"
#include "engineio/net/loop.hpp"
#include "engineio/net/trusted_proxies.hpp"
#include "engineio/options.hpp"

namespace engineio::net {

/// Whose word about the address of a client is believed, and how they say it.
struct Proxies {
  TrustedProxies trusted = {};
  bool protocol = false;  ///< their connections begin with a PROXY header
};

/// The loops of a server, the connections that live on them, and the sockets that listen for them.
class LoopGroup {
 public:
  /// `threads` loops; 0: one for each core. Throws std::system_error.
  LoopGroup(unsigned threads, const Limits& limits, ConnectionFactory on_connection,
            bool io_uring = true, Proxies proxies = {});
  ~LoopGroup();
  LoopGroup(const LoopGroup&) = delete;
  LoopGroup& operator=(const LoopGroup&) = delete;

  // Before run(); connections wait until then.

  /// Listens on an address of this machine (`0.0.0.0`, `::` for both families, `127.0.0.1`, a name
  /// such as `localhost`). Port 0 takes a free one. Returns the port. Throws std::system_error; for
  /// an unusable certificate std::runtime_error.
  std::uint16_t listen(const std::string& address, std::uint16_t port);
  std::uint16_t listen(const std::string& address, std::uint16_t port, const Tls& tls);

  /// Listens on a Unix socket; its connections go to the loops in turn. A stale socket file is
  /// replaced, one that somebody listens on is an error (std::system_error), as is any other file.
  void listen_unix(const std::string& path);

  /// Runs `handler` on the first loop for each arrival of one of `signals`. A signal has one
  /// handler. Throws std::system_error.
  void on_signals(const std::vector<int>& signals, Task handler);

  /// Has loops watched that are busy for `threshold` with one turn; 0: nobody watches. Other loops
  /// accept their connections meanwhile. `on_stall`, which may be empty, is told on a thread of its
  /// own (Watchdog).
  void watch(std::chrono::milliseconds threshold, std::function<void(const Stall&)> on_stall);

  // Any thread, any time.

  /// Reads all certificates and keys again, for connections to come. Throws std::runtime_error,
  /// and nothing has changed then.
  void reload_tls();

  /// Serves a connected stream socket that someone else accepted, without TLS, on the loops in
  /// turn. `received` are bytes that were already read from it. The descriptor is the group's from
  /// now on, even if there is no room and it is closed.
  void adopt(int descriptor, std::string received);

  [[nodiscard]] Loop& loop(unsigned index) noexcept;
  [[nodiscard]] unsigned size() const noexcept;

  /// Connections that are open, of all loops.
  [[nodiscard]] std::size_t connections() const noexcept;

  /// Connections that were closed when they came: there were too many, or the PROXY header was
  /// none.
  [[nodiscard]] std::uint64_t connections_refused() const noexcept;

  /// Runs the loops, the first on the calling thread. Returns after stop(), when all connections
  /// are destroyed, each on its own loop. At most once. Throws std::system_error if the threads
  /// cannot be made.
  void run();

  /// Closes the listening sockets. Connections go on.
  void stop_listening();

  /// Makes run() return: stops listening, ends all connections (on_end(closed_here), after one
  /// attempt to send what is queued) and destroys the tasks that wait. Idempotent. Any thread; not
  /// from a signal handler, for which there is on_signals().
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace engineio::net
