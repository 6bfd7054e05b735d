#include "conformance/server/flags.hpp"

#include <map>
#include <stdexcept>
#include <string_view>

#include "conformance/server/limits.hpp"
#include "conformance/server/parse.hpp"
#include "engineio/access.hpp"

namespace conformance {

namespace {

using Value = const std::string&;

bool to_switch(Value value) {
  if (value != "on" && value != "off") {
    throw std::invalid_argument("takes on or off, not \"" + value + "\"");
  }
  return value == "on";
}

template <class Choice>
Choice to_choice(Value value, const std::map<std::string, Choice>& choices) {
  const auto found = choices.find(value);
  if (found == choices.end()) {
    std::string names;
    for (const auto& [name, choice] : choices) {
      names += (names.empty() ? "" : ", ") + name;
    }
    throw std::invalid_argument("takes one of " + names + ", not \"" + value + "\"");
  }
  return found->second;
}

Mode to_mode(Value value) {
  return to_choice<Mode>(value, {{"eio", Mode::eio}, {"sio", Mode::sio}, {"app", Mode::app}});
}

std::optional<ClusterAdapter> to_adapter(Value value) {
  return to_choice<std::optional<ClusterAdapter>>(
      value, {{"none", std::nullopt},
              {"redis", ClusterAdapter::redis},
              {"redis-sharded", ClusterAdapter::redis_sharded},
              {"redis-streams", ClusterAdapter::redis_streams}});
}

adapters::SubscriptionMode to_subscription_mode(Value value) {
  using adapters::SubscriptionMode;
  return to_choice<SubscriptionMode>(value,
                                     {{"static", SubscriptionMode::static_},
                                      {"dynamic", SubscriptionMode::dynamic},
                                      {"dynamic-private", SubscriptionMode::dynamic_private}});
}

std::vector<engineio::TransportName> to_transports(Value value) {
  using engineio::TransportName;
  std::vector<TransportName> transports;
  for (const std::string& name : to_list(value)) {
    transports.push_back(to_choice<TransportName>(
        name, {{"polling", TransportName::polling}, {"websocket", TransportName::websocket}}));
  }
  return transports;
}

template <class Feature>
std::optional<Feature> to_optional(Value value) {
  return to_switch(value) ? std::optional(Feature{}) : std::nullopt;
}

void set_limits(Flags& flags, Value value) {
  const Limits limits{flags.engine.limits, flags.socket.limits, flags.parser_limits};
  for (const std::string& assignment : to_list(value)) {
    limits.set(assignment);
  }
}

void set_allowed_origins(Flags& flags, Value value) {
  for (std::string& origin : to_list(value)) {
    flags.engine.allowed_origins.emplace_back(std::move(origin));
  }
}

void set_token(Flags& flags, Value value) {
  flags.engine.allow_request =
      engineio::require_token([value](std::string_view token) -> bool { return token == value; });
}

std::string without_trailing_slash(std::string path) {
  while (path.size() > 1 && path.back() == '/') {
    path.pop_back();
  }
  return path;
}

using Setter = void (*)(Flags&, Value);

const std::map<std::string_view, Setter>& setters() {
  static const std::map<std::string_view, Setter> all{
      {"--mode", [](Flags& f, Value v) { f.mode = to_mode(v); }},
      {"--port", [](Flags& f, Value v) { f.port = to_number<std::uint16_t>(v); }},
      {"--unix", [](Flags& f, Value v) { f.unix_path = v; }},
      {"--tls-cert", [](Flags& f, Value v) { f.tls.certificate_file = v; }},
      {"--tls-key", [](Flags& f, Value v) { f.tls.private_key_file = v; }},
      {"--threads", [](Flags& f, Value v) { f.engine.threads = to_number<unsigned>(v); }},
      {"--path", [](Flags& f, Value v) { f.engine.path = without_trailing_slash(v); }},
      {"--ping-interval", [](Flags& f, Value v) { f.engine.ping_interval = to_milliseconds(v); }},
      {"--ping-timeout", [](Flags& f, Value v) { f.engine.ping_timeout = to_milliseconds(v); }},
      {"--max-payload",
       [](Flags& f, Value v) { f.engine.max_http_buffer_size = to_number<std::size_t>(v); }},
      {"--connect-timeout",
       [](Flags& f, Value v) { f.socket.connect_timeout = to_milliseconds(v); }},
      {"--upgrade-timeout",
       [](Flags& f, Value v) { f.engine.upgrade_timeout = to_milliseconds(v); }},
      {"--transports", [](Flags& f, Value v) { f.engine.transports = to_transports(v); }},
      {"--allow-eio3", [](Flags& f, Value v) { f.engine.allow_eio3 = to_switch(v); }},
      {"--cors-origin", [](Flags& f, Value v) { f.engine.cors.origin = v; }},
      {"--cors-credentials", [](Flags& f, Value v) { f.engine.cors.credentials = to_switch(v); }},
      {"--cookie", [](Flags& f, Value v) { f.engine.cookie.emplace().name = v; }},
      {"--serve-client", [](Flags& f, Value v) { f.socket.serve_client = to_switch(v); }},
      {"--http-compression",
       [](Flags& f, Value v) {
         f.engine.http_compression = to_optional<engineio::HttpCompression>(v);
       }},
      {"--per-message-deflate",
       [](Flags& f, Value v) {
         f.engine.per_message_deflate = to_optional<engineio::PerMessageDeflate>(v);
       }},
      {"--allowed-origins", set_allowed_origins},
      {"--token", set_token},
      {"--trusted-proxies", [](Flags& f, Value v) { f.engine.trusted_proxies = to_list(v); }},
      {"--proxy-protocol", [](Flags& f, Value v) { f.engine.proxy_protocol = to_switch(v); }},
      {"--stall-threshold",
       [](Flags& f, Value v) { f.engine.stall_threshold = to_milliseconds(v); }},
      {"--limit", set_limits},
      {"--parser", [](Flags& f, Value v) { f.msgpack = v == "msgpack"; }},
      {"--recovery",
       [](Flags& f, Value v) {
         f.socket.connection_state_recovery.emplace().max_disconnection_duration =
             to_milliseconds(v);
       }},
      {"--cleanup-empty-child-namespaces",
       [](Flags& f, Value v) { f.socket.cleanup_empty_child_namespaces = to_switch(v); }},
      {"--node-name", [](Flags& f, Value v) { f.node_name = v; }},
      {"--adapter", [](Flags& f, Value v) { f.cluster.adapter = to_adapter(v); }},
      {"--redis", [](Flags& f, Value v) { f.cluster.redis = v; }},
      {"--redis-key", [](Flags& f, Value v) { f.cluster.key = v; }},
      {"--requests-timeout",
       [](Flags& f, Value v) { f.cluster.requests_timeout = to_milliseconds(v); }},
      {"--specific-response-channel",
       [](Flags& f, Value v) { f.cluster.specific_response_channel = to_switch(v); }},
      {"--subscription-mode",
       [](Flags& f, Value v) { f.cluster.subscription_mode = to_subscription_mode(v); }},
  };
  return all;
}

}  // namespace

Flags parse_flags(int argc, char** argv) {
  Flags flags;
  flags.engine.threads = 1;
  for (int i = 1; i < argc; i += 2) {
    const std::string name = argv[i];
    const auto setter = setters().find(name);
    if (setter == setters().end()) {
      throw std::invalid_argument("There is no flag " + name);
    }
    if (i + 1 == argc) {
      throw std::invalid_argument(name + " needs a value");
    }
    try {
      setter->second(flags, argv[i + 1]);
    } catch (const std::invalid_argument& problem) {
      throw std::invalid_argument(name + " " + problem.what());
    }
  }
  return flags;
}

}  // namespace conformance
