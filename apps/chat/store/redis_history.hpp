#pragma once

#include <memory>

#include "adapters/redis.hpp"
#include "apps/chat/store/message_store.hpp"

namespace chat {

/// A history in Redis that every node reads. Each append is one script; the queue in front of it
/// and its batches are make_redis_store()'s. Keys, behind RedisStoreOptions::prefix:
///
/// - `message:<id>`: hash, the fields of message_fields.hpp
/// - `message:<id>:receipts`: hash, a user's id → `<delivered> <read> <name>`, in milliseconds,
///   read 0: not yet
/// - `room:<room>:history`: sorted set of ids, all with the score 0, so sorted by id
///
/// They expire by themselves with StoreOptions::max_age.
[[nodiscard]] std::unique_ptr<MessageStore> make_redis_history(
    std::shared_ptr<adapters::Redis> redis, const RedisStoreOptions& redis_options,
    const StoreOptions& options);

}  // namespace chat
