#pragma once

#include <memory>

#include "adapters/bus_statistics.hpp"
#include "apps/chat/config/settings.hpp"
#include "apps/chat/monitoring/log.hpp"
#include "apps/chat/monitoring/metrics.hpp"
#include "socketio/server.hpp"

namespace chat {

/// The chat server proper: storage, gateways, pages, monitoring. Before run(); destroyed before the
/// server, when that has stopped.
class ChatProfile {
 public:
  /// All must outlive it; `bus` may be null. Throws std::runtime_error with what to change.
  ChatProfile(socketio::Server& io, const Settings& settings, Log& log, Metrics& metrics,
              std::shared_ptr<adapters::BusMonitor> bus);
  ~ChatProfile();
  ChatProfile(const ChatProfile&) = delete;
  ChatProfile& operator=(const ChatProfile&) = delete;

  /// From now on the node is not ready. Any thread.
  void drain();
  /// What a reload changes. Any thread.
  void change(const Settings& settings);
  /// Takes the node out of the cluster, after run() has returned.
  void leave();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace chat
