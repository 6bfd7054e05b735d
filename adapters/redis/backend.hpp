#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "adapters/redis/command_batch.hpp"
#include "adapters/redis_client.hpp"

namespace adapters::redis {

using CountCallback = engineio::Function<void(std::optional<std::size_t>)>;

/// Which connections there are, and what goes over which. The client's thread only.
class Backend {
 public:
  virtual ~Backend() = default;

  virtual void start() = 0;
  virtual void send(CommandBatch commands) = 0;

  /// The Subscriptions have it already.
  virtual void subscribe(ChannelKind kind, std::string_view channel) = 0;
  virtual void unsubscribe(ChannelKind kind, std::string_view channel) = 0;

  virtual void count_subscribers(ChannelKind kind, std::string_view channel,
                                 CountCallback callback) = 0;
  [[nodiscard]] virtual std::unique_ptr<BlockingConnection> connect_blocking(std::string key) = 0;

  /// Ends all commands with `error`.
  virtual void give_up_all(const char* error) = 0;
};

/// PUBSUB NUMSUB or SHARDNUMSUB.
[[nodiscard]] CommandBatch make_count_command(ChannelKind kind, std::string_view channel,
                                              CountCallback callback);

}  // namespace adapters::redis
