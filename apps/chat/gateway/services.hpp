#pragma once

#include <memory>
#include <string>

#include "adapters/redis.hpp"
#include "apps/chat/auth/token_verifier.hpp"
#include "apps/chat/config/settings.hpp"
#include "apps/chat/monitoring/log.hpp"
#include "apps/chat/monitoring/metrics.hpp"
#include "apps/chat/rooms/client_records.hpp"
#include "apps/chat/rooms/room_directory.hpp"
#include "apps/chat/store/message_store.hpp"

namespace chat {

/// What the gateways work with. All of it outlives them.
struct Services {
  const Settings& settings;
  Log& log;
  Metrics& metrics;
  MessageStore& messages;
  RoomDirectory& rooms;
  ClientRecords& clients;
  std::shared_ptr<const TokenVerifier> verifier;  ///< nullptr: everybody is a guest
  std::shared_ptr<adapters::Redis> redis;         ///< nullptr: this node is alone
  std::string node_id;                            ///< unique in the cluster; not empty
};

}  // namespace chat
