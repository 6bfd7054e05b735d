#include "conformance/server/cluster.hpp"

#include "adapters/redis_adapter.hpp"
#include "adapters/streams_adapter.hpp"

namespace conformance {

decltype(socketio::Options::adapter) make_adapter(const Cluster& cluster) {
  if (!cluster.adapter) {
    return nullptr;
  }
  auto redis =
      std::make_shared<adapters::Redis>(adapters::RedisOptions{.url = "redis://" + cluster.redis});
  switch (*cluster.adapter) {
    case ClusterAdapter::redis:
      return adapters::redis_adapter(
          std::move(redis),
          {.key = cluster.key,
           .requests_timeout = cluster.requests_timeout,
           .publish_on_specific_response_channel = cluster.specific_response_channel});
    case ClusterAdapter::redis_sharded:
      return adapters::sharded_adapter(
          std::move(redis),
          {.channel_prefix = cluster.key, .subscription_mode = cluster.subscription_mode});
    case ClusterAdapter::redis_streams:
      return adapters::streams_adapter(std::move(redis),
                                       {.stream_name = cluster.key, .channel_prefix = cluster.key});
  }
  return nullptr;
}

}  // namespace conformance
