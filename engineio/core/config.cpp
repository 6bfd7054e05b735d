#include "engineio/core/config.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <thread>

#include "engineio/core/random.hpp"
#include "engineio/http/cookie.hpp"
#include "engineio/http/origin.hpp"

namespace engineio::core {

namespace {

void require(bool condition, const std::string& sentence) {
  if (!condition) {
    throw std::invalid_argument(sentence);
  }
}

template <class Number>
void require_range(Number value, Number least, Number most, const std::string& name) {
  require(value >= least && value <= most, name + " is " + std::to_string(value) + "; it must be " +
                                               std::to_string(least) + " to " +
                                               std::to_string(most));
}

std::string normal_path(const Options& options) {
  std::string path = options.path.empty() ? "/engine.io" : options.path;
  while (path.size() > 1 && path.back() == '/') {
    path.pop_back();
  }
  if (options.add_trailing_slash && path.back() != '/') {
    path += '/';
  }
  return path;
}

unsigned shard_count(const Options& options) {
  const unsigned wanted =
      options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  return std::min(wanted, protocol::SidCodec::max_shards);
}

protocol::SidCodec make_sid_codec(unsigned shards) {
  protocol::SidCodec::Secret secret;
  fill_random(std::as_writable_bytes(std::span(secret)));
  return {secret, shards};
}

void check_deflate(const PerMessageDeflate& deflate) {
  require_range(deflate.level, 1, 9, "per_message_deflate.level");
  require_range(deflate.server_max_window_bits, 9, 15,
                "per_message_deflate.server_max_window_bits");
}

Options checked(Options options) {
  require(options.path.empty() || options.path.front() == '/',
          "path is \"" + options.path + "\"; it must begin with a slash");
  require(options.ping_interval.count() > 0, "ping_interval must be more than 0 ms");
  require(options.ping_timeout.count() > 0, "ping_timeout must be more than 0 ms");
  require(options.upgrade_timeout.count() > 0, "upgrade_timeout must be more than 0 ms");
  require(options.stall_threshold.count() >= 0, "stall_threshold is below 0 ms; 0 turns it off");
  require(options.max_http_buffer_size > 0, "max_http_buffer_size must be more than 0 bytes");
  require(!options.transports.empty(), "transports is empty; name polling, websocket or both");
  require_range(options.threads, 0U, protocol::SidCodec::max_shards, "threads");
  require(!options.generate_id || shard_count(options) == 1,
          "generate_id needs threads = 1: ids of its own do not say which thread has the session");
  if (options.http_compression) {
    require_range(options.http_compression->level, 1, 9, "http_compression.level");
  }
  if (options.per_message_deflate) {
    check_deflate(*options.per_message_deflate);
  }
  if (options.cookie) {
    const auto problem = http::cookie_problem(*options.cookie);
    require(!problem, problem.value_or(""));
  }
  for (const Cors::OriginPattern& origin : options.allowed_origins) {
    const auto problem = http::origin_problem(origin);
    require(!problem, problem.value_or(""));
  }
  require(!options.proxy_protocol || !options.trusted_proxies.empty(),
          "proxy_protocol needs trusted_proxies: only the headers of those are believed");
  return options;
}

}  // namespace

bool is_enabled(const Options& options, TransportName transport) {
  return std::find(options.transports.begin(), options.transports.end(), transport) !=
         options.transports.end();
}

Config::Config(Options given, SessionAcceptor session_acceptor)
    : options(checked(std::move(given))),
      path(normal_path(options)),
      shards(shard_count(options)),
      trusted_proxies(options.trusted_proxies),
      address_limits(std::make_shared<AddressLimits>(options.limits)),
      decoder_limits{options.max_http_buffer_size,
                     static_cast<std::uint32_t>(options.limits.websocket_frames_per_message)},
      sid_codec(make_sid_codec(shards)),
      acceptor(std::move(session_acceptor)) {}

const HttpHandler* Config::find_route(std::string_view method, std::string_view target) const {
  for (const HttpRoute& route : routes) {
    if (route.path == target && (route.method.empty() || route.method == method)) {
      return &route.handler;
    }
  }
  return fallback ? &fallback : nullptr;
}

}  // namespace engineio::core
