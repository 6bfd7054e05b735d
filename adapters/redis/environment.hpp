#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <unordered_set>

#include "adapters/redis/journal.hpp"
#include "adapters/redis/loop.hpp"
#include "adapters/redis/outbox.hpp"
#include "adapters/redis/socket/tls_context.hpp"
#include "adapters/redis/subscriptions.hpp"
#include "adapters/redis/url.hpp"

namespace adapters::redis {

/// Written by the client's thread, read by any.
struct Counters {
  std::atomic<std::size_t> command_connections = 0;  ///< that are ready
  std::atomic<std::uint64_t> connections_lost = 0;
  std::atomic<std::uint64_t> messages_received = 0;
};

class BlockingCommands;

/// What the connections of one client share. Outlives them.
struct Environment {
  Loop& loop;
  const RedisOptions& options;
  const Target& target;
  TlsContext* tls;  ///< nullptr: without TLS
  Journal& journal;
  Counters& counters;
  Outbox& outbox;
  Subscriptions& subscriptions;
  std::unordered_set<BlockingCommands*>& blocking;  ///< all there are; callbacks may destroy them
};

}  // namespace adapters::redis
