// What single values cannot show.

#include <algorithm>
#include <fstream>

#include "apps/chat/config/sources.hpp"

namespace chat {

namespace {

using Problems = std::vector<std::string>;

bool is_readable(const std::string& path) { return std::ifstream(path).good(); }

void need_file(const std::string& name, const std::string& path, Problems& problems) {
  if (!path.empty() && !is_readable(path)) {
    problems.push_back(name + " is \"" + path + "\", expected a file that can be read");
  }
}

void check_endpoint(const Settings& settings, Problems& problems) {
  const WebSocketSettings& websocket = settings.websocket;
  if (settings.server.host.empty()) {
    problems.emplace_back("server.host is \"\", expected an address of this machine");
  }
  if (!websocket.path.starts_with('/') || websocket.path.size() < 2) {
    problems.push_back("websocket.path is \"" + websocket.path +
                       "\", expected / and a name, such as /socket.io");
  }
  if (websocket.transports.empty()) {
    problems.emplace_back("websocket.transports is empty, expected polling, websocket or both");
  }
  const auto& origins = websocket.cors_origins;
  if (origins.size() > 1 && std::find(origins.begin(), origins.end(), "*") != origins.end()) {
    problems.emplace_back(
        "websocket.corsOrigins has * among others, expected * alone or a list of origins");
  }
}

void check_tls(const Settings& settings, Problems& problems) {
  const TlsSettings& tls = settings.tls;
  if (!settings.websocket.ssl) {
    return;
  }
  if (tls.certificate_file.empty() || tls.key_file.empty()) {
    problems.emplace_back(
        "websocket.ssl is true, expected tls.certificateFile and tls.keyFile with it");
  }
  need_file("tls.certificateFile", tls.certificate_file, problems);
  need_file("tls.keyFile", tls.key_file, problems);
  need_file("tls.caFile", tls.ca_file, problems);
}

void check_auth(const Settings& settings, Problems& problems) {
  const AuthSettings& auth = settings.auth;
  const bool with_secret = auth.algorithm.starts_with("HS");
  if (!auth.secret.empty() && !auth.public_key_file.empty()) {
    problems.emplace_back(
        "auth.secret and auth.publicKeyFile are both there, expected one of them");
  } else if (auth.enabled() && with_secret != auth.public_key_file.empty()) {
    problems.push_back("auth.algorithm is \"" + auth.algorithm + "\", expected " +
                       (with_secret ? "RS256 or ES256 with auth.publicKeyFile"
                                    : "HS256, HS384 or HS512 with auth.secret"));
  }
  if (settings.profile == Profile::nest && auth.secret.empty()) {
    problems.emplace_back("profile is \"nest\", expected auth.secret (--jwt-secret) with it");
  }
  if (auth.required && !auth.enabled()) {
    problems.emplace_back(
        "auth.required is true, expected auth.secret or auth.publicKeyFile with it");
  }
  need_file("auth.publicKeyFile", auth.public_key_file, problems);
}

void check_redis(const Settings& settings, Problems& problems) {
  const RedisSettings& redis = settings.redis;
  if (settings.messages.store == "redis" && !redis.enabled()) {
    problems.emplace_back("messages.store is \"redis\", expected redis.url with it");
  }
  if (settings.messages.store == "memory" && redis.enabled()) {
    problems.emplace_back(
        "messages.store is \"memory\", expected auto, redis or sqlite with Redis");
  }
  if (settings.websocket.recovery.count() > 0 && redis.enabled() && redis.adapter != "streams") {
    problems.push_back("redis.adapter is \"" + redis.adapter +
                       "\", expected streams, or websocket.recovery = 0");
  }
  if (!redis.cluster_nodes.empty() && redis.key_prefix.find('{') == std::string::npos) {
    problems.push_back("redis.keyPrefix is \"" + redis.key_prefix +
                       "\", expected a hash tag such as {chat}: with redis.clusterNodes");
  }
  if (redis.key.empty()) {
    problems.emplace_back("redis.key is \"\", expected a text such as socket.io");
  }
  need_file("redis.caFile", redis.ca_file, problems);
}

// `smaller` must not be above `larger`.
void check_order(const char* smaller, std::uint64_t low, const char* larger, std::uint64_t high,
                 Problems& problems) {
  if (low > high) {
    problems.push_back(std::string(smaller) + " is \"" + std::to_string(low) +
                       "\", expected at most the " + std::to_string(high) + " of " + larger);
  }
}

void check_orders(const Settings& settings, Problems& problems) {
  const MessageSettings& messages = settings.messages;
  const auto milliseconds = [](std::chrono::milliseconds duration) {
    return static_cast<std::uint64_t>(duration.count());
  };
  check_order("messages.page", messages.page, "messages.mostPage", messages.most_page, problems);
  check_order("messages.batch", messages.batch, "messages.queue", messages.queue, problems);
  check_order("websocket.retryConfig.delay", milliseconds(settings.retry.delay),
              "websocket.retryConfig.maxDelay", milliseconds(settings.retry.max_delay), problems);
  const ClusterSettings& cluster = settings.cluster;
  if (cluster.node_timeout < 2 * cluster.heartbeat) {
    problems.push_back("cluster.nodeTimeout is \"" + std::to_string(cluster.node_timeout.count()) +
                       "\", expected at least two times cluster.heartbeat, which is " +
                       std::to_string(cluster.heartbeat.count()));
  }
}

}  // namespace

std::vector<std::string> find_contradictions(const Settings& settings) {
  Problems problems;
  check_endpoint(settings, problems);
  check_tls(settings, problems);
  check_auth(settings, problems);
  check_redis(settings, problems);
  check_orders(settings, problems);
  return problems;
}

}  // namespace chat
