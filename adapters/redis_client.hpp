#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/redis.hpp"
#include "adapters/redis_reply.hpp"
#include "engineio/function.hpp"
#include "engineio/timers.hpp"

namespace adapters::redis {

using Command = std::vector<std::string>;
using ResultCallback = engineio::Function<void(Result)>;

/// How a channel is named, subscribed and published to.
enum class ChannelKind : std::uint8_t {
  plain,    ///< SUBSCRIBE, PUBLISH
  pattern,  ///< PSUBSCRIBE; published to as plain
  sharded   ///< SSUBSCRIBE, SPUBLISH: Redis 7
};

/// `payload` may be changed in place. Both are valid during the call.
using MessageHandler = engineio::Function<void(std::string_view channel, std::span<char> payload)>;

/// A connection for commands that block (XREAD). Used on the client's thread only, destroyed before
/// the Client, perhaps in its callback. Connects again by itself; a command that was under way then
/// fails with `connection_lost`.
class BlockingConnection {
 public:
  virtual ~BlockingConnection() = default;

  /// One at a time. May take as long as its BLOCK argument says and RedisOptions::response_timeout
  /// on top of it.
  virtual void execute(Command command, ResultCallback callback) = 0;
};

/// Redis, as the adapters use it, and for programs that keep things of their own there. Commands
/// reach it in the order in which a thread issued them (in a cluster, those for one master, while
/// no slots move); while Redis is away they wait. All callbacks come on the client's thread, where
/// an adapter has its state, and none from inside the call that it belongs to. None may destroy the
/// client.
class Client {
 public:
  virtual ~Client() = default;

  // Any thread.

  /// In a cluster, the command goes to the master of its key, its second word; EVAL and EVALSHA to
  /// that of their first key.
  virtual void execute(Command command, ResultCallback callback) = 0;

  /// MULTI, `commands`, EXEC on the master of the first command's key. The reply is that of EXEC.
  virtual void execute_transaction(std::vector<Command> commands, ResultCallback callback) = 0;

  /// PUBLISH or SPUBLISH. `callback` may be empty, and is the cheap way then.
  virtual void publish(ChannelKind kind, std::string_view channel, std::string_view payload,
                       ResultCallback callback = {}) = 0;

  /// Runs `task` on the client's thread, after what this thread posted before.
  virtual void post(engineio::Function<void()> task) = 0;

  // The client's thread.

  /// Subscribes once per channel, and again whenever a connection is new or Redis did not let us,
  /// so that messages come until unsubscribe(), but for those of the meantime. A channel that has a
  /// handler must not be subscribed again. `subscribed` (may be empty) is called once, when Redis
  /// has confirmed it for the first time.
  virtual void subscribe(ChannelKind kind, std::string channel, MessageHandler handler,
                         engineio::Function<void()> subscribed = {}) = 0;
  virtual void unsubscribe(ChannelKind kind, std::string_view channel) = 0;

  /// How many subscribe to the channel (not to patterns that match it): PUBSUB NUMSUB or
  /// SHARDNUMSUB, in a cluster of all masters together. nullopt: Redis did not say.
  virtual void count_subscribers(ChannelKind kind, std::string_view channel,
                                 engineio::Function<void(std::optional<std::size_t>)> callback) = 0;

  /// `key` says which master of a cluster.
  [[nodiscard]] virtual std::unique_ptr<BlockingConnection> connect_blocking(std::string key) = 0;

  [[nodiscard]] virtual engineio::Timers& timers() noexcept = 0;
  [[nodiscard]] virtual engineio::Clock::time_point now() const noexcept = 0;

  /// Any thread.
  [[nodiscard]] virtual Redis::Statistics statistics() const = 0;
};

/// The real one. Throws std::invalid_argument.
[[nodiscard]] std::unique_ptr<Client> make_client(RedisOptions options);

}  // namespace adapters::redis
