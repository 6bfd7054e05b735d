#include "adapters/redis.hpp"

#include <utility>

#include "adapters/redis_client.hpp"

namespace adapters {

Redis::Redis(RedisOptions options) : client_(redis::make_client(std::move(options))) {}

Redis::~Redis() = default;

Redis::Statistics Redis::statistics() const { return client_->statistics(); }

}  // namespace adapters
