#include "adapters/redis_adapter.hpp"

#include <stdexcept>
#include <utility>

#include "adapters/classic/classic_adapter.hpp"
#include "adapters/redis_client.hpp"

namespace adapters {

std::function<std::unique_ptr<socketio::Adapter>(socketio::Namespace&)> redis_adapter(
    std::shared_ptr<Redis> redis, RedisAdapterOptions options) {
  if (redis == nullptr) {
    throw std::invalid_argument("redis_adapter() needs a Redis");
  }
  if (options.key.empty()) {
    throw std::invalid_argument("RedisAdapterOptions::key must not be empty");
  }
  if (options.requests_timeout.count() <= 0) {
    throw std::invalid_argument("RedisAdapterOptions::requests_timeout must be above 0");
  }
  if (options.monitor == nullptr) {
    options.monitor = std::make_shared<BusMonitor>();
  }
  redis::Client& client = redis->client();
  return [client = std::shared_ptr<redis::Client>(std::move(redis), &client),
          options = std::move(options)](socketio::Namespace& nsp) {
    return std::make_unique<classic::ClassicAdapter>(nsp, client, options);
  };
}

}  // namespace adapters
