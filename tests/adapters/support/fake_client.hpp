#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/redis_client.hpp"

namespace tests {

/// A Redis that a test plays by hand. Nothing happens by itself: what an adapter has asked for is
/// in take(), and its callbacks and posted tasks run in run().
///
///     FakeClient client;
///     adapter.broadcast(…);
///     CHECK(client.take() == Commands{{"PUBLISH", "socket.io#/#", …}});
///     client.deliver("socket.io#/#", message);   // a message of another server
///     client.run();
///
/// The client's thread is the one that calls run(), deliver() and advance().
class FakeClient final : public adapters::redis::Client {
 public:
  using ChannelKind = adapters::redis::ChannelKind;
  using Command = adapters::redis::Command;
  using Reply = adapters::redis::Reply;
  using Result = adapters::redis::Result;

  /// All that was asked, in order, since the last time: commands as they are, MULTI and EXEC around
  /// those of a transaction, `PUBLISH` or `SPUBLISH channel payload`, `SUBSCRIBE`, `PSUBSCRIBE`,
  /// `SSUBSCRIBE`, `UNSUBSCRIBE`, … with one channel each, `PUBSUB NUMSUB` or `SHARDNUMSUB
  /// channel`.
  std::vector<Command> take();

  /// The answer to commands, transactions (given `EXEC` alone) and publishes; nullopt: none until
  /// answer(). Unless set, publishes get 1 and everything else waits.
  std::function<std::optional<Result>(const Command&)> on_command;
  /// Answers the oldest command that waits. False: none does.
  bool answer(Result result);
  [[nodiscard]] std::size_t unanswered() const;

  /// What count_subscribers() tells, by channel and else. nullopt: Redis did not say.
  std::map<std::string, std::optional<std::size_t>, std::less<>> subscribers;
  std::optional<std::size_t> other_subscribers = 1;
  /// Counts and publishes are not answered either, as long as it is set.
  bool away = false;

  /// Runs what was posted and the callbacks that are due, until nothing is left.
  void run();
  [[nodiscard]] bool idle() const;
  /// A message of another server: for the handler of the channel and those of matching patterns.
  /// How many got it. `kind` sharded: for those of SSUBSCRIBE.
  std::size_t deliver(std::string_view channel, std::string payload,
                      ChannelKind kind = ChannelKind::plain);
  /// Lets time pass, stopping at each deadline on the way, and runs what follows.
  void advance(engineio::Clock::duration duration);

  [[nodiscard]] bool subscribed(ChannelKind kind, std::string_view channel) const;
  [[nodiscard]] std::size_t subscriptions() const { return subscriptions_.size(); }

  /// A connection for blocking commands, as the adapter sees it and as the test does.
  struct Blocking {
    std::string key;
    std::optional<Command> command;  ///< that waits
    adapters::redis::ResultCallback callback;
    bool destroyed = false;

    /// Answers the command that waits. False: none does.
    bool answer(FakeClient& client, Result result);
  };
  std::vector<std::shared_ptr<Blocking>> blocking;  ///< all that were made

  void execute(Command command, adapters::redis::ResultCallback callback) override;
  void execute_transaction(std::vector<Command> commands,
                           adapters::redis::ResultCallback callback) override;
  void publish(ChannelKind kind, std::string_view channel, std::string_view payload,
               adapters::redis::ResultCallback callback = {}) override;
  void post(engineio::Function<void()> task) override;
  void subscribe(ChannelKind kind, std::string channel, adapters::redis::MessageHandler handler,
                 engineio::Function<void()> subscribed = {}) override;
  void unsubscribe(ChannelKind kind, std::string_view channel) override;
  void count_subscribers(ChannelKind kind, std::string_view channel,
                         engineio::Function<void(std::optional<std::size_t>)> callback) override;
  [[nodiscard]] std::unique_ptr<adapters::redis::BlockingConnection> connect_blocking(
      std::string key) override;
  [[nodiscard]] engineio::Timers& timers() noexcept override { return timers_; }
  [[nodiscard]] engineio::Clock::time_point now() const noexcept override { return now_; }
  [[nodiscard]] adapters::Redis::Statistics statistics() const override { return {}; }

 private:
  struct Subscription {
    ChannelKind kind;
    std::string channel;
    std::shared_ptr<adapters::redis::MessageHandler> handler;
  };

  void record(Command command);
  void settle(const Command& command, adapters::redis::ResultCallback callback);
  [[nodiscard]] std::vector<Subscription>::const_iterator find(ChannelKind kind,
                                                               std::string_view channel) const;

  mutable std::mutex mutex_;  // of what other threads may use
  std::vector<Command> commands_;
  std::vector<adapters::redis::ResultCallback> waiting_;
  std::vector<engineio::Function<void()>> tasks_;

  engineio::Clock::time_point now_{std::chrono::hours(1)};
  engineio::Timers timers_;
  std::vector<Subscription> subscriptions_;
};

using Commands = std::vector<adapters::redis::Command>;

/// Replies in brief.
[[nodiscard]] adapters::redis::Result nil_reply();
[[nodiscard]] adapters::redis::Result integer_reply(std::int64_t value);
[[nodiscard]] adapters::redis::Result string_reply(std::string text);
[[nodiscard]] adapters::redis::Result status_reply(std::string text = "OK");
[[nodiscard]] adapters::redis::Result array_reply(std::vector<adapters::redis::Result> elements);
[[nodiscard]] adapters::redis::Result error_reply(std::string error);

}  // namespace tests
