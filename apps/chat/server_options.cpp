#include "apps/chat/server_options.hpp"

#include <algorithm>
#include <utility>

#include "adapters/redis_adapter.hpp"
#include "adapters/sharded_adapter.hpp"
#include "adapters/streams_adapter.hpp"
#include "apps/chat/nest/nest.hpp"

namespace chat {

namespace {

using engineio::HttpHeaders;
using engineio::HttpRequest;
using engineio::HttpResponse;

LogLevel to_level(socketio::LogLevel level) {
  switch (level) {
    case socketio::LogLevel::debug:
      return LogLevel::debug;
    case socketio::LogLevel::info:
      return LogLevel::info;
    case socketio::LogLevel::warning:
      return LogLevel::warn;
    case socketio::LogLevel::error:
      return LogLevel::error;
  }
  return LogLevel::info;
}

std::vector<engineio::TransportName> to_transports(const std::vector<std::string>& names) {
  std::vector<engineio::TransportName> transports;
  for (const std::string& name : names) {
    transports.push_back(name == "polling" ? engineio::TransportName::polling
                                           : engineio::TransportName::websocket);
  }
  return transports;
}

// Browsers do not take credentials with `*`.
engineio::Cors to_cors(const WebSocketSettings& settings) {
  engineio::Cors cors;
  if (settings.cors_origins == std::vector<std::string>{"*"}) {
    cors.origin.emplace<std::string>(1, '*');  // g++ 12 warns of an assignment
  } else if (!settings.cors_origins.empty()) {
    cors.origin =
        engineio::Cors::OriginList(settings.cors_origins.begin(), settings.cors_origins.end());
    cors.credentials = settings.cors_credentials;
  }
  return cors;
}

std::optional<HttpResponse> refuse_all(const HttpRequest&, HttpHeaders&) {
  HttpResponse response{.status = 503, .headers = {}, .body = "The WebSocket service is disabled"};
  response.headers.add("Content-Type", "text/plain");
  return response;
}

bool is_forwarded_for(std::string_view header) {
  constexpr std::string_view name = "x-forwarded-for";
  return std::equal(header.begin(), header.end(), name.begin(), name.end(),
                    [](char a, char b) { return (a | 0x20) == b || a == b; });
}

// A connection that becomes a WebSocket stays.
void end_connection(HttpHeaders& headers, const HttpRequest& request) {
  if (!request.headers.has_token("connection", "upgrade")) {
    headers.set("Connection", "close");
  }
}

}  // namespace

std::string address_of(const HttpRequest& request, unsigned trusted_proxies) {
  std::string forwarded_for;
  if (trusted_proxies != 0) {
    request.headers.for_each([&](std::string_view name, std::string_view value) {
      if (is_forwarded_for(name)) {
        if (!forwarded_for.empty()) {
          forwarded_for += ',';
        }
        forwarded_for.append(value);
      }
    });
  }
  return client_address(request.remote_address, forwarded_for, trusted_proxies);
}

engineio::Options engine_options(const Settings& settings, ConnectionGate& gate) {
  const WebSocketSettings& websocket = settings.websocket;
  engineio::Options options;
  options.path = websocket.path;
  options.ping_interval = websocket.ping_interval;
  options.ping_timeout = websocket.ping_timeout;
  options.max_http_buffer_size = websocket.max_http_buffer_size;
  options.transports = to_transports(websocket.transports);
  options.allow_eio3 = websocket.allow_eio3;
  options.cors = settings.profile == Profile::nest ? nest_cors() : to_cors(websocket);
  options.threads = settings.server.threads;
  if (websocket.per_message_deflate) {
    options.per_message_deflate.emplace();
  }
  if (!websocket.enabled) {
    options.middlewares.emplace_back(refuse_all);
  }
  if (!websocket.keep_alive) {
    options.headers = end_connection;
  }
  if (settings.profile == Profile::chat) {
    options.allow_request = [&gate, proxies = settings.server.trusted_proxies](
                                const HttpRequest& request, const auto& decide) {
      const auto refusal =
          gate.refusal(address_of(request, proxies), RateLimiter::TimePoint::clock::now());
      decide({.allowed = !refusal, .message = refusal.value_or("")});
    };
  }
  return options;
}

socketio::Options socket_options(const Settings& settings, Log& log,
                                 std::shared_ptr<adapters::BusMonitor> monitor) {
  socketio::Options options;
  options.connect_timeout = settings.websocket.connect_timeout;
  options.log = library_log(log);
  if (settings.websocket.recovery.count() > 0) {
    options.connection_state_recovery = {.max_disconnection_duration = settings.websocket.recovery};
  }
  const RedisSettings& redis_settings = settings.redis;
  if (!redis_settings.enabled()) {
    return options;
  }
  auto redis = std::make_shared<adapters::Redis>(redis_options(settings, log));
  const std::string& key = redis_settings.key;
  if (redis_settings.adapter == "streams") {
    options.adapter = adapters::streams_adapter(
        std::move(redis),
        {.stream_name = key, .channel_prefix = key, .monitor = std::move(monitor)});
  } else if (redis_settings.adapter == "sharded") {
    options.adapter = adapters::sharded_adapter(
        std::move(redis), {.channel_prefix = key, .monitor = std::move(monitor)});
  } else {
    options.adapter =
        adapters::redis_adapter(std::move(redis), {.key = key, .monitor = std::move(monitor)});
  }
  return options;
}

adapters::RedisOptions redis_options(const Settings& settings, Log& log) {
  const RedisSettings& redis = settings.redis;
  adapters::RedisOptions options;
  if (!redis.url.empty()) {
    options.url = redis.url;
  }
  options.cluster_nodes = redis.cluster_nodes;
  options.sentinels = redis.sentinels;
  options.sentinel_master = redis.sentinel_master;
  options.tls.ca_file = redis.ca_file;
  options.first_retry = settings.retry.delay;
  options.last_retry = settings.retry.max_delay;
  options.connect_timeout = settings.retry.timeout;
  options.response_timeout = settings.retry.timeout;
  options.log = library_log(log);
  return options;
}

engineio::Tls tls_files(const TlsSettings& settings) {
  return {.certificate_file = settings.certificate_file,
          .private_key_file = settings.key_file,
          .ca_file = settings.ca_file,
          .require_client_certificate = !settings.ca_file.empty()};
}

ConnectionGate::Limits gate_limits(const Settings& settings) {
  const LimitSettings& limits = settings.limits;
  return {.clients = settings.websocket.max_connections,
          .per_address = limits.connections_per_address,
          .rate = {.points = limits.connection_points, .duration = limits.connection_duration},
          .addresses = limits.addresses};
}

std::function<void(socketio::LogLevel, std::string_view)> library_log(Log& log) {
  return [&log](socketio::LogLevel level, std::string_view text) {
    log.write(to_level(level), text, {});
  };
}

}  // namespace chat
