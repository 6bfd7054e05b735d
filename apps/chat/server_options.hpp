#pragma once

#include <functional>
#include <memory>

#include "adapters/bus_statistics.hpp"
#include "adapters/redis.hpp"
#include "apps/chat/config/settings.hpp"
#include "apps/chat/limits/connection_gate.hpp"
#include "apps/chat/monitoring/log.hpp"
#include "engineio/options.hpp"
#include "socketio/options.hpp"

namespace chat {

// The settings in the terms of the library.

/// `gate`, which must outlive the server, decides who comes in; the nest profile lets everybody in.
[[nodiscard]] engineio::Options engine_options(const Settings& settings, ConnectionGate& gate);

[[nodiscard]] socketio::Options socket_options(const Settings& settings, Log& log,
                                               std::shared_ptr<adapters::BusMonitor> monitor);

[[nodiscard]] adapters::RedisOptions redis_options(const Settings& settings, Log& log);

[[nodiscard]] engineio::Tls tls_files(const TlsSettings& settings);

[[nodiscard]] ConnectionGate::Limits gate_limits(const Settings& settings);

/// The address of who asks: see client_address().
[[nodiscard]] std::string address_of(const engineio::HttpRequest& request,
                                     unsigned trusted_proxies);

/// What the library has to say, for the program's log.
[[nodiscard]] std::function<void(socketio::LogLevel, std::string_view)> library_log(Log& log);

}  // namespace chat
