// Every setting once: its name, what it may be, and what it is for.

#include "apps/chat/config/field.hpp"
#include "apps/chat/config/field_group.hpp"

namespace chat {

namespace {

constexpr std::uint64_t minute = 60'000;
constexpr std::uint64_t hour = 60 * minute;
constexpr std::uint64_t day = 24 * hour;
constexpr std::uint64_t million = 1'000'000;

bool is_transport(const std::string& text) { return text == "polling" || text == "websocket"; }

bool is_origin(const std::string& text) {
  return text == "*" || text.starts_with("http://") || text.starts_with("https://");
}

bool is_host_and_port(const std::string& text) {
  const auto colon = text.rfind(':');
  std::uint16_t port = 0;
  return colon != std::string::npos && colon > 0 && parse_number(text.substr(colon + 1), port);
}

void add_profile(std::vector<Field>& fields) {
  fields.push_back(make_choice<Profile>(
      "profile", [](auto& settings) -> auto& { return settings.profile; },
      {{"chat", Profile::chat}, {"nest", Profile::nest}},
      "The chat server, or the gateways of the Nest tutorial and nothing else"));
}

void add_server(std::vector<Field>& fields) {
  const FieldGroup server(fields, "server", &Settings::server);
  server
      .text("host", &ServerSettings::host,
            "Address to listen on: 0.0.0.0 and :: are all of this machine")
      .with_alias("--host");
  server
      .number("threads", &ServerSettings::threads, 0, 256,
              "Threads that serve clients; 0: one for each core")
      .with_alias("--threads");
  server
      .text("nodeId", &ServerSettings::node_id, "Name of this node in the cluster; empty: made up")
      .with_alias("--node-id");
  server
      .text("dataDirectory", &ServerSettings::data_directory,
            "For what is kept; empty: $XDG_STATE_HOME/sio_chat or ~/.local/state/sio_chat")
      .with_alias("--data-directory");
  server.number("trustedProxies", &ServerSettings::trusted_proxies, 0, 16,
                "Proxies in front of this server that add to X-Forwarded-For");
}

void add_websocket(std::vector<Field>& fields) {
  const FieldGroup websocket(fields, "websocket", &Settings::websocket);
  websocket.flag("enabled", &WebSocketSettings::enabled,
                 "False: only pages and metrics, clients are refused with 503");
  websocket.flag("debug", &WebSocketSettings::debug, "Log everything, whatever logger.level says")
      .make_live();
  websocket.text("path", &WebSocketSettings::path, "Path of the Socket.IO endpoint");
  websocket.number("port", &WebSocketSettings::port, 0, 65'535, "Port to listen on; 0: a free one")
      .with_alias("--port");
  websocket.list("transports", &WebSocketSettings::transports, "polling, websocket or both",
                 is_transport, "How clients may connect");
  websocket.duration("pingInterval", &WebSocketSettings::ping_interval, 1, hour,
                     "Between two heartbeats");
  websocket.duration("pingTimeout", &WebSocketSettings::ping_timeout, 1, hour,
                     "For the answer to a heartbeat");
  websocket
      .number("maxConnections", &WebSocketSettings::max_connections, 0, 10 * million,
              "Clients of this node at once; 0: any number")
      .make_live();
  websocket.flag("ssl", &WebSocketSettings::ssl,
                 "Serve https and wss; needs tls.certificateFile and tls.keyFile");
  websocket.flag("keepAlive", &WebSocketSettings::keep_alive,
                 "False: each HTTP connection carries one request");
  websocket.number("maxHttpBufferSize", &WebSocketSettings::max_http_buffer_size, 1'000,
                   100 * million, "Bytes of one message");
  websocket.duration("connectTimeout", &WebSocketSettings::connect_timeout, 1, hour,
                     "For a client to join a namespace");
  websocket.flag("allowEio3", &WebSocketSettings::allow_eio3, "Also serve clients of Socket.IO 2");
  websocket.flag("perMessageDeflate", &WebSocketSettings::per_message_deflate,
                 "Compress WebSocket messages of 1 kB and more");
  websocket.duration("recovery", &WebSocketSettings::recovery, 0, day,
                     "How long a lost client can come back to what it missed; 0: never");
  websocket.list("corsOrigins", &WebSocketSettings::cors_origins,
                 "origins such as https://app.example, or *", is_origin,
                 "Pages of other origins that may connect");
  websocket.flag("corsCredentials", &WebSocketSettings::cors_credentials, "They may send cookies");
}

void add_retry(std::vector<Field>& fields) {
  const FieldGroup retry(fields, "websocket.retryConfig", &Settings::retry);
  retry.number("attempts", &RetrySettings::attempts, 0, 1'000,
               "Of reaching Redis at the start, then it gives up; 0: it starts without");
  retry.duration("delay", &RetrySettings::delay, 1, hour,
                 "Before the second attempt to reach Redis; then doubled");
  retry.duration("maxDelay", &RetrySettings::max_delay, 1, hour,
                 "The longest time between two attempts");
  retry.duration("timeout", &RetrySettings::timeout, 1, hour, "For Redis to connect and to answer");
}

void add_logger(std::vector<Field>& fields) {
  const FieldGroup logger(fields, "websocket.logger", &Settings::logger);
  logger
      .choice("level", &LoggerSettings::level,
              {{"error", LogLevel::error},
               {"warn", LogLevel::warn},
               {"info", LogLevel::info},
               {"debug", LogLevel::debug}},
              "What is logged: this and what is worse")
      .with_alias("--log-level")
      .make_live();
  logger.flag("pretty", &LoggerSettings::pretty, "Lines for people; false: JSON")
      .with_alias("--log-pretty")
      .make_live();
}

void add_tls(std::vector<Field>& fields) {
  const FieldGroup tls(fields, "tls", &Settings::tls);
  tls.text("certificateFile", &TlsSettings::certificate_file,
           "PEM: the server's certificate, then its chain; read again on SIGHUP");
  tls.text("keyFile", &TlsSettings::key_file, "PEM: its private key; read again on SIGHUP");
  tls.text("caFile", &TlsSettings::ca_file,
           "PEM: clients need a certificate of these; empty: they need none");
}

void add_redis(std::vector<Field>& fields) {
  const FieldGroup redis(fields, "redis", &Settings::redis);
  redis
      .text("url", &RedisSettings::url,
            "redis://[[user:]password@]host[:port][/database], rediss://, unix:// or host:port; "
            "empty: this node is alone")
      .with_alias("--redis")
      .make_secret();
  redis.list("clusterNodes", &RedisSettings::cluster_nodes, "addresses of the form host:port",
             is_host_and_port, "Nodes of a Redis Cluster");
  redis.list("sentinels", &RedisSettings::sentinels, "addresses of the form host:port",
             is_host_and_port, "Sentinels");
  redis.text("sentinelMaster", &RedisSettings::sentinel_master, "The master that they watch");
  redis.text("caFile", &RedisSettings::ca_file, "PEM, for rediss; empty: the system's");
  redis.text("key", &RedisSettings::key,
             "What the adapter's channels begin with; the same on all nodes");
  redis.choice("adapter", &RedisSettings::adapter,
               {{"classic", "classic"}, {"sharded", "sharded"}, {"streams", "streams"}},
               "As @socket.io/redis-adapter, its sharded one, or @socket.io/redis-streams-adapter");
  redis.text("keyPrefix", &RedisSettings::key_prefix,
             "In front of the keys of rooms, messages and nodes");
  redis.duration("pingInterval", &RedisSettings::ping_interval, 100, hour,
                 "Between two measurements of its latency");
}

void add_auth(std::vector<Field>& fields) {
  const FieldGroup auth(fields, "auth", &Settings::auth);
  auth.text("secret", &AuthSettings::secret, "Of HS256, HS384 and HS512")
      .with_alias("--jwt-secret")
      .make_secret();
  auth.text("publicKeyFile", &AuthSettings::public_key_file, "PEM, of RS256 and ES256");
  auth.choice("algorithm", &AuthSettings::algorithm,
              {{"HS256", "HS256"},
               {"HS384", "HS384"},
               {"HS512", "HS512"},
               {"RS256", "RS256"},
               {"ES256", "ES256"}},
              "The only one that is accepted");
  auth.text("issuer", &AuthSettings::issuer, "iss that tokens need; empty: any");
  auth.text("audience", &AuthSettings::audience, "aud that tokens need; empty: any");
  auth.duration("leeway", &AuthSettings::leeway, 0, hour, "For clocks that differ");
  auth.flag("required", &AuthSettings::required,
            "Only clients with a token, on /chat and /rooms too");
}

void add_chat(std::vector<Field>& fields) {
  const FieldGroup chat(fields, "chat", &Settings::chat);
  chat.flag("mainNamespace", &ChatSettings::main_namespace,
            "Serve the events of /chat on / as well");
  chat.text("welcome", &ChatSettings::welcome, "What clients of /chat are greeted with");
}

void add_rooms(std::vector<Field>& fields) {
  const FieldGroup rooms(fields, "rooms", &Settings::rooms);
  rooms.number("capacity", &RoomSettings::capacity, 0, million,
               "Members of a room that was made without; 0: any number");
  rooms.number("mostRooms", &RoomSettings::most_rooms, 1, 10 * million, "That exist at once");
  rooms.number("roomsPerUser", &RoomSettings::rooms_per_user, 1, 10'000,
               "That one user is a member of");
  rooms.number("keptEvents", &RoomSettings::kept_events, 0, 10'000,
               "Last events of each room that are kept");
}

void add_messages(std::vector<Field>& fields) {
  const FieldGroup messages(fields, "messages", &Settings::messages);
  messages.choice(
      "store", &MessageSettings::store,
      {{"auto", "auto"}, {"sqlite", "sqlite"}, {"redis", "redis"}, {"memory", "memory"}},
      "Where messages are kept; auto: Redis where there is one, else SQLite");
  messages.text("file", &MessageSettings::file,
                "SQLite's, in the data directory unless it begins with /");
  messages.number("queue", &MessageSettings::queue, 1, 10 * million,
                  "Messages that wait for the store; more are refused");
  messages.number("batch", &MessageSettings::batch, 1, 10'000, "Most messages of one write");
  messages.duration("batchDelay", &MessageSettings::batch_delay, 0, 10'000,
                    "How long the first message of a batch waits for others");
  messages.number("keepDays", &MessageSettings::keep_days, 0, 36'500,
                  "Older messages are removed; 0: never");
  messages.number("page", &MessageSettings::page, 1, 1'000,
                  "Messages of one page of history, unless the client says how many");
  messages.number("mostPage", &MessageSettings::most_page, 1, 1'000, "Most that it can ask for");
}

void add_presence(std::vector<Field>& fields) {
  const FieldGroup presence(fields, "presence", &Settings::presence);
  presence.duration("typingInterval", &PresenceSettings::typing_interval, 0, minute,
                    "Others hear of a typist once in this time");
  presence.duration("typingTimeout", &PresenceSettings::typing_timeout, 100, hour,
                    "A typist who was not heard of for so long has stopped");
  presence.duration("grace", &PresenceSettings::grace, 0, hour,
                    "To come back in before one counts as offline");
}

void add_cluster(std::vector<Field>& fields) {
  const FieldGroup cluster(fields, "cluster", &Settings::cluster);
  cluster.duration("heartbeat", &ClusterSettings::heartbeat, 50, hour,
                   "Between two signs of life of a node");
  cluster.duration("nodeTimeout", &ClusterSettings::node_timeout, 100, hour,
                   "Without one for so long, a node is dead");
}

void add_limits(std::vector<Field>& fields) {
  const FieldGroup limits(fields, "limits", &Settings::limits);
  limits
      .number("messagePoints", &LimitSettings::message_points, 0, million,
              "Messages of a user in messageDuration; 0: any number")
      .make_live();
  limits.duration("messageDuration", &LimitSettings::message_duration, 1, hour, "See messagePoints")
      .make_live();
  limits
      .number("eventPoints", &LimitSettings::event_points, 0, million,
              "Events of a socket in eventDuration; 0: any number")
      .make_live();
  limits.duration("eventDuration", &LimitSettings::event_duration, 1, hour, "See eventPoints")
      .make_live();
  limits
      .number("connectionPoints", &LimitSettings::connection_points, 0, million,
              "New clients of an address in connectionDuration; 0: any number")
      .make_live();
  limits
      .duration("connectionDuration", &LimitSettings::connection_duration, 1, hour,
                "See connectionPoints")
      .make_live();
  limits
      .number("connectionsPerAddress", &LimitSettings::connections_per_address, 0, 10 * million,
              "Clients of an address at once; 0: any number")
      .make_live();
  limits.number("addresses", &LimitSettings::addresses, 1, 10 * million,
                "Addresses, and users, whose points are remembered");
  limits.number("messageLength", &LimitSettings::message_length, 1, 100'000,
                "Characters of a message");
  limits.number("nameLength", &LimitSettings::name_length, 1, 1'000, "Characters of a user's name");
  limits.number("roomNameLength", &LimitSettings::room_name_length, 1, 1'000,
                "Characters of a room's name");
  limits.number("ciphertextBytes", &LimitSettings::ciphertext_bytes, 1, million,
                "Of an encrypted message");
}

void add_drain(std::vector<Field>& fields) {
  const FieldGroup drain(fields, "drain", &Settings::drain);
  drain
      .duration("delay", &DrainSettings::delay, 0, hour,
                "After SIGTERM: not ready, but clients still come in")
      .make_live();
  drain
      .duration("span", &DrainSettings::span, 0, hour,
                "Then clients are sent away one after the other, in the course of this")
      .make_live();
}

}  // namespace

const std::vector<Field>& fields() {
  static const std::vector<Field> all = [] {
    std::vector<Field> fields;
    for (auto add : {add_profile, add_server, add_websocket, add_retry, add_logger, add_tls,
                     add_redis, add_auth, add_chat, add_rooms, add_messages, add_presence,
                     add_cluster, add_limits, add_drain}) {
      add(fields);
    }
    return fields;
  }();
  return all;
}

}  // namespace chat
