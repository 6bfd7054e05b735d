#include "apps/bench/server/flags.hpp"

#include <charconv>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "adapters/redis.hpp"
#include "adapters/redis_adapter.hpp"
#include "adapters/sharded_adapter.hpp"
#include "adapters/streams_adapter.hpp"

namespace bench_server {
namespace {

/// What a flag says, which may need another one to make sense.
struct Words {
  Flags flags;
  std::string adapter;
  std::string redis = "127.0.0.1:6379";
};

template <class Number>
Number to_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw std::invalid_argument("takes a number");
  }
  return number;
}

bool to_switch(std::string_view text) {
  if (text != "on" && text != "off") {
    throw std::invalid_argument("takes on or off");
  }
  return text == "on";
}

engineio::Tls to_tls(std::string_view files) {
  const std::size_t comma = files.find(',');
  if (comma == std::string_view::npos) {
    throw std::invalid_argument("takes the files of a certificate and of its key: CERT,KEY");
  }
  return {.certificate_file = std::string(files.substr(0, comma)),
          .private_key_file = std::string(files.substr(comma + 1))};
}

/// Every limit that is off by default, so high that no scenario meets it.
void turn_all_limits_on(Flags& flags) {
  constexpr std::uint32_t plenty = 1'000'000'000;
  engineio::Limits& engine = flags.engine.limits;
  engine.connections = plenty;
  engine.connections_per_address = plenty;
  engine.sessions_per_address = plenty;
  engine.handshakes_per_address = {.per_second = plenty};
  flags.socketio.limits.events_per_connection = {.per_second = plenty};
  flags.engine.allowed_origins = {"http://localhost"};
  flags.engine.trusted_proxies = {"10.0.0.0/8"};
}

using Setter = std::function<void(Words&, std::string_view)>;

const std::map<std::string_view, Setter>& setters() {
  using Text = std::string_view;
  static const std::map<std::string_view, Setter> all{
      {"--host", [](Words& w, Text v) { w.flags.host = v; }},
      {"--port", [](Words& w, Text v) { w.flags.port = to_number<std::uint16_t>(v); }},
      {"--threads", [](Words& w, Text v) { w.flags.engine.threads = to_number<unsigned>(v); }},
      {"--tls", [](Words& w, Text v) { w.flags.tls = to_tls(v); }},
      {"--deflate",
       [](Words& w, Text v) {
         if (to_switch(v)) {
           w.flags.engine.per_message_deflate = engineio::PerMessageDeflate{
               .server_no_context_takeover = true, .client_no_context_takeover = true};
         }
       }},
      {"--recovery",
       [](Words& w, Text v) {
         if (to_switch(v)) {
           w.flags.socketio.connection_state_recovery = socketio::Recovery{};
         }
       }},
      {"--limits",
       [](Words& w, Text v) {
         if (to_switch(v)) {
           turn_all_limits_on(w.flags);
         }
       }},
      {"--adapter", [](Words& w, Text v) { w.adapter = v; }},
      {"--redis", [](Words& w, Text v) { w.redis = v; }},
  };
  return all;
}

void set(Words& words, const std::string& name, std::string_view value) {
  const auto setter = setters().find(name);
  if (setter == setters().end()) {
    throw std::invalid_argument("there is no flag " + name);
  }
  try {
    setter->second(words, value);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(name + " " + error.what());
  }
}

decltype(socketio::Options::adapter) make_adapter(std::string_view name, const std::string& redis) {
  auto connections =
      std::make_shared<adapters::Redis>(adapters::RedisOptions{.url = "redis://" + redis});
  if (name == "redis") {
    return adapters::redis_adapter(std::move(connections));
  }
  if (name == "sharded") {
    return adapters::sharded_adapter(std::move(connections));
  }
  if (name == "streams") {
    return adapters::streams_adapter(std::move(connections));
  }
  throw std::invalid_argument("--adapter takes redis, sharded or streams");
}

}  // namespace

Flags parse_flags(int argc, char** argv) {
  Words words;
  for (int i = 1; i < argc; i += 2) {
    set(words, argv[i], i + 1 < argc ? argv[i + 1] : "");
  }
  if (!words.adapter.empty()) {
    words.flags.socketio.adapter = make_adapter(words.adapter, words.redis);
  }
  return std::move(words.flags);
}

}  // namespace bench_server
