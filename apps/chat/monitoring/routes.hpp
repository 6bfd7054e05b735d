#pragma once

#include <functional>
#include <string>

#include "apps/chat/monitoring/metrics.hpp"
#include "apps/chat/monitoring/readiness.hpp"
#include "socketio/server.hpp"

namespace chat {

/// Answers GET /healthz (200 while the process runs), /readyz (200 or 503, and why), /metrics in
/// Prometheus' text format, and /stats with the JSON that `stats` makes. Before run(); all must
/// outlive it.
void serve_monitoring(socketio::Server& io, Readiness& readiness, const Metrics& metrics,
                      std::function<std::string()> stats);

}  // namespace chat
