#pragma once

#include <functional>
#include <memory>
#include <string>

#include "engineio/core/address_limits.hpp"
#include "engineio/http.hpp"
#include "engineio/net/trusted_proxies.hpp"
#include "engineio/options.hpp"
#include "engineio/protocol/sid.hpp"
#include "engineio/server.hpp"
#include "engineio/session.hpp"
#include "engineio/websocket/frame_decoder.hpp"

namespace engineio::core {

[[nodiscard]] bool is_enabled(const Options& options, TransportName transport);

/// One of the application's own routes.
struct HttpRoute {
  std::string method;  ///< empty: any
  std::string path;
  HttpHandler handler;
};

/// What all shards of a server share; nothing of it changes once they run, but for what
/// `address_limits` counts.
struct Config {
  /// Throws std::invalid_argument with one sentence when an option is out of its range.
  Config(Options options, SessionAcceptor acceptor);

  [[nodiscard]] const HttpHandler* find_route(std::string_view method, std::string_view path) const;

  Options options;
  std::string path;  ///< requests whose target begins with it are Engine.IO's
  unsigned shards;
  net::TrustedProxies trusted_proxies;
  std::shared_ptr<AddressLimits> address_limits;
  websocket::DecoderLimits decoder_limits;
  protocol::SidCodec sid_codec;
  SessionAcceptor acceptor;
  std::vector<HttpRoute> routes;
  HttpHandler fallback;  ///< may be empty
  std::function<void(const ConnectionError&)> on_connection_error;
  Server::SessionObserver on_session_begins;  ///< may be empty, as may the next
  Server::SessionObserver on_session_ended;
};

}  // namespace engineio::core
