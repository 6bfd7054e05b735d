#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "socketio/options.hpp"

namespace adapters {

namespace redis {
class Client;
}  // namespace redis

/// How a Redis is reached, and what is done while it is away.
struct RedisOptions {
  /// `redis://[[user:]password@]host[:port][/database]`, the same with `rediss` for TLS, or
  /// `unix:///path/of/socket[?db=N]`. User and password are percent-decoded. With several nodes
  /// below, it gives user, password, database and TLS only.
  std::string url = "redis://127.0.0.1:6379";

  /// Nodes of a Redis Cluster, `host:port`: any of them tell the others. Empty: no cluster.
  std::vector<std::string> cluster_nodes = {};

  /// Sentinels, `host:port`, and the master that they watch. Empty: no Sentinel. They are asked
  /// without user and password, and with TLS if the URL says so.
  std::vector<std::string> sentinels = {};
  std::string sentinel_master = "mymaster";

  /// For `rediss`. Files are PEM.
  struct Tls {
    std::string ca_file = {};           ///< empty: the system's
    std::string certificate_file = {};  ///< the client's, with `key_file`
    std::string key_file = {};
    std::string server_name = {};  ///< in the server's certificate; empty: its host or address
    bool verify = true;
  };
  Tls tls = {};

  std::chrono::milliseconds connect_timeout{5'000};

  /// Between attempts to connect: doubled from the first to the last, each shortened by up to half
  /// at random.
  std::chrono::milliseconds first_retry{50};
  std::chrono::milliseconds last_retry{500};

  /// Unanswered for so long, the connection counts as lost. One on which nothing was heard for half
  /// of it is asked (PING).
  std::chrono::milliseconds response_timeout{10'000};

  /// Commands that wait for a connection or for answers, and their bytes on the wire. Further ones
  /// fail with `queue_full`.
  std::size_t queued_commands = 1'000'000;
  std::size_t queued_bytes = 256 * 1024 * 1024;

  /// Told once for each change: connected, lost, refused. From the client's thread. Empty: warnings
  /// and errors go to standard error.
  std::function<void(socketio::LogLevel, std::string_view)> log = nullptr;
};

/// The connections of this process to one Redis (a server, a Cluster, or what Sentinels watch), for
/// all adapters and emitters that use it, and for the program's own commands (redis_client.hpp).
/// Has a thread of its own. Connects by itself, as often as it takes: making it never fails because
/// Redis is away.
class Redis {
 public:
  /// Throws std::invalid_argument when an option makes no sense, with a message that says which.
  explicit Redis(RedisOptions options = {});
  /// Commands that wait fail with `closed`. The adapters of this Redis must be gone. Waits for what
  /// runs on its thread, not for Redis.
  ~Redis();
  Redis(const Redis&) = delete;
  Redis& operator=(const Redis&) = delete;

  struct Statistics {
    bool connected = false;  ///< the commands' connections (in a cluster: that of any master)
    std::uint64_t connections_lost = 0;
    std::uint64_t commands = 0;
    std::uint64_t commands_refused = 0;   ///< the queue was full
    std::uint64_t messages_received = 0;  ///< from channels
  };
  /// Any thread.
  [[nodiscard]] Statistics statistics() const;

  /// For commands of one's own; see redis_client.hpp.
  [[nodiscard]] redis::Client& client() noexcept { return *client_; }

 private:
  std::unique_ptr<redis::Client> client_;
};

}  // namespace adapters
