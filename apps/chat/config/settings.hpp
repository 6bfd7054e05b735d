#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace chat {

// All that can be configured, in the groups of the file. In the file a name is spelled as Node
// spells options: `ping_interval` here is `pingInterval` in `[websocket]`, the flag
// `--websocket-ping-interval` and the variable `SIO_CHAT_WEBSOCKET_PING_INTERVAL`. Durations are
// milliseconds there. The ranges are in fields.cpp.

enum class Profile : std::uint8_t { chat, nest };
enum class LogLevel : std::uint8_t { debug, info, warn, error };

struct ServerSettings {
  std::string host = "127.0.0.1";  ///< flag `--host`
  unsigned threads = 0;            ///< flag `--threads`; 0: one for each core
  /// In logs, metrics and the registry of nodes. Empty: one is made up at each start.
  std::string node_id = {};
  /// For what is kept between two runs. Empty: `$XDG_STATE_HOME/sio_chat` or
  /// `~/.local/state/sio_chat`; load() fills it in.
  std::string data_directory = {};
  /// How many proxies in front of this server add to `X-Forwarded-For`: the client's address is
  /// that many places from its end. 0: the address of the connection counts.
  unsigned trusted_proxies = 0;
};

/// `[websocket]`: the configuration of the WebSocket service in the seed documents, with the
/// options of Socket.IO that it has not.
struct WebSocketSettings {
  bool enabled = true;              ///< false: pages and metrics only, handshakes get 503
  bool debug = false;               ///< log everything, whatever `logger.level` says
  std::string path = "/socket.io";  ///< of the endpoint
  std::uint16_t port = 3000;        ///< flag `--port`; 0: a free one
  std::vector<std::string> transports = {"polling", "websocket"};
  std::chrono::milliseconds ping_interval{25'000};
  std::chrono::milliseconds ping_timeout{20'000};
  std::size_t max_connections = 100'000;  ///< clients of this node; 0: any number
  bool ssl = false;                       ///< needs the files of `[tls]`
  bool keep_alive = true;                 ///< false: each HTTP connection carries one request

  std::size_t max_http_buffer_size = 1'000'000;       ///< bytes of one message
  std::chrono::milliseconds connect_timeout{45'000};  ///< without a namespace
  bool allow_eio3 = false;                            ///< also clients of Socket.IO 2
  bool per_message_deflate = false;
  /// How long a lost client can come back to what it missed (connection state recovery); 0: never.
  /// In a cluster it needs `redis.adapter = "streams"`.
  std::chrono::milliseconds recovery{0};
  /// Whom to allow across origins: origins, or `*`. The nest profile has its own.
  std::vector<std::string> cors_origins = {};
  bool cors_credentials = true;
};

/// `[websocket.retryConfig]`
struct RetrySettings {
  /// Of reaching Redis at the start, before the program gives up. 0: it starts without, is not
  /// ready, and keeps trying, as it does when it loses Redis later.
  unsigned attempts = 0;
  /// Between two attempts: doubled from `delay` to `max_delay`.
  std::chrono::milliseconds delay{1'000};
  std::chrono::milliseconds max_delay{5'000};
  std::chrono::milliseconds timeout{10'000};  ///< for Redis to connect and to answer
};

/// `[websocket.logger]`
struct LoggerSettings {
  LogLevel level = LogLevel::info;  ///< flag `--log-level`
  bool pretty = true;               ///< flag `--log-pretty`; false: a JSON object for each line
};

/// PEM files, read again on SIGHUP.
struct TlsSettings {
  std::string certificate_file = {};  ///< the leaf first, then its chain
  std::string key_file = {};
  std::string ca_file = {};  ///< to verify clients with; empty: they need no certificate
};

struct RedisSettings {
  /// Flag `--redis`: `redis://[[user:]password@]host[:port][/database]`, `rediss://…`,
  /// `unix://…`, or `host:port`. Empty, and no cluster nodes and sentinels: this node is alone.
  std::string url = {};
  std::vector<std::string> cluster_nodes = {};  ///< `host:port`
  std::vector<std::string> sentinels = {};      ///< `host:port`
  std::string sentinel_master = "mymaster";
  std::string ca_file = {};         ///< for `rediss`; empty: the system's
  std::string key = "socket.io";    ///< flag `--redis-key`; of the adapter's channels
  std::string adapter = "classic";  ///< `classic`, `sharded` or `streams`
  /// In front of the keys of rooms, messages and nodes. Empty: the names of the seed documents.
  std::string key_prefix = {};
  std::chrono::milliseconds ping_interval{5'000};  ///< of the measurement of its latency

  [[nodiscard]] bool enabled() const noexcept {
    return !url.empty() || !cluster_nodes.empty() || !sentinels.empty();
  }
};

/// JSON Web Tokens. With neither secret nor key, everybody is a guest.
struct AuthSettings {
  std::string secret = {};              ///< flag `--jwt-secret`; for HS256, HS384, HS512
  std::string public_key_file = {};     ///< PEM; for RS256, ES256
  std::string algorithm = "HS256";      ///< the only one that is accepted
  std::string issuer = {};              ///< required `iss`; empty: any
  std::string audience = {};            ///< required `aud`, or one of it; empty: any
  std::chrono::milliseconds leeway{0};  ///< for clocks that differ
  bool required = false;                ///< no guests on `/chat` and `/rooms` either

  [[nodiscard]] bool enabled() const noexcept {
    return !secret.empty() || !public_key_file.empty();
  }
};

struct ChatSettings {
  bool main_namespace = false;  ///< serve the events of `/chat` on `/` as well
  std::string welcome = "Welcome to the chat!";
};

struct RoomSettings {
  std::size_t capacity = 1'000;     ///< members of a room that says nothing else; 0: any number
  std::size_t most_rooms = 10'000;  ///< that exist at once
  std::size_t rooms_per_user = 100;
  std::size_t kept_events = 100;  ///< of each room
};

/// Where messages are stored, and how.
struct MessageSettings {
  /// `auto` (Redis where there is one, else SQLite), `sqlite`, `redis` or `memory`.
  std::string store = "auto";
  std::string file = "chat.db";  ///< SQLite's, in the data directory unless absolute
  std::size_t queue = 10'000;    ///< messages that wait for the store; more are refused
  std::size_t batch = 100;       ///< most of one write
  std::chrono::milliseconds batch_delay{20};  ///< the first of a batch waits for others
  unsigned keep_days = 30;                    ///< older messages are removed; 0: none
  std::size_t page = 50;                      ///< of the history, unless the client asks for
  std::size_t most_page = 100;                ///< … another number, at most this
};

struct PresenceSettings {
  std::chrono::milliseconds typing_interval{1'000};  ///< one `userTyping` in this time, at most
  std::chrono::milliseconds typing_timeout{6'000};   ///< then a typist counts as having stopped
  std::chrono::milliseconds grace{2'000};  ///< to come back in before one counts as offline
};

struct ClusterSettings {
  std::chrono::milliseconds heartbeat{3'000};
  std::chrono::milliseconds node_timeout{9'000};  ///< without a heartbeat; then a node is dead
};

/// What one user, or one address, may do.
struct LimitSettings {
  unsigned message_points = 10;  ///< messages of a user in `message_duration`; 0: any number
  std::chrono::milliseconds message_duration{1'000};
  unsigned event_points = 100;  ///< events of a socket, of all kinds, in `event_duration`
  std::chrono::milliseconds event_duration{1'000};
  unsigned connection_points = 100;  ///< new connections of an address in `connection_duration`
  std::chrono::milliseconds connection_duration{1'000};
  std::size_t connections_per_address = 1'000;  ///< open at once; 0: any number
  std::size_t addresses = 100'000;              ///< remembered; then the oldest are forgotten
  std::size_t message_length = 500;             ///< characters
  std::size_t name_length = 64;
  std::size_t room_name_length = 128;
  std::size_t ciphertext_bytes = 64 * 1024;
};

/// What SIGTERM does: `/readyz` fails at once; `delay` later new clients are refused and the
/// others closed, at random moments of `span`; then the program ends.
struct DrainSettings {
  std::chrono::milliseconds delay{0};
  std::chrono::milliseconds span{2'000};
};

struct Settings {
  Profile profile = Profile::chat;  ///< flag `--profile`
  ServerSettings server = {};
  WebSocketSettings websocket = {};
  RetrySettings retry = {};
  LoggerSettings logger = {};
  TlsSettings tls = {};
  RedisSettings redis = {};
  AuthSettings auth = {};
  ChatSettings chat = {};
  RoomSettings rooms = {};
  MessageSettings messages = {};
  PresenceSettings presence = {};
  ClusterSettings cluster = {};
  LimitSettings limits = {};
  DrainSettings drain = {};
};

}  // namespace chat
