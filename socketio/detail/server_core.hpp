#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "engineio/activity.hpp"
#include "engineio/options.hpp"
#include "engineio/session.hpp"
#include "engineio/shard.hpp"
#include "socketio/detail/activities.hpp"
#include "socketio/detail/counters.hpp"
#include "socketio/detail/registry.hpp"
#include "socketio/options.hpp"
#include "socketio/parser.hpp"

namespace socketio {
struct Statistics;
}  // namespace socketio

namespace socketio::detail {

class BroadcastAck;
class Client;

/// What belongs to one shard.
struct ShardContext {
  explicit ShardContext(engineio::Shard& its_shard) : shard(its_shard) {}

  engineio::Shard& shard;
  DecodeScratch scratch;
  Counters counters;
  std::unordered_set<Client*> clients;
  std::unordered_set<std::shared_ptr<BroadcastAck>> broadcast_acks;  // begun here, not complete
  engineio::Timer expiry;                                            // of the first shard only
};

/// Everything of a Server but the Engine.IO server below it.
class ServerCore {
 public:
  /// `engine_limits`: whose mailboxes are the shards'. Throws std::invalid_argument for options out
  /// of their range.
  ServerCore(Options options, const std::vector<engineio::Shard*>& shards,
             const engineio::Limits& engine_limits = {});
  ~ServerCore();
  ServerCore(const ServerCore&) = delete;
  ServerCore& operator=(const ServerCore&) = delete;

  /// A new session, on its shard.
  [[nodiscard]] std::unique_ptr<engineio::SessionHandler> accept(engineio::Session& session);

  /// Every socket leaves with `server shutting down`; then `on_closed`, on any thread.
  void close(std::function<void()> on_closed);

  [[nodiscard]] const Options& options() const noexcept { return options_; }
  [[nodiscard]] const engineio::Limits& engine_limits() const noexcept { return engine_limits_; }
  [[nodiscard]] const Parser& parser() const noexcept { return *options_.parser; }
  [[nodiscard]] bool recovers() const noexcept {
    return options_.connection_state_recovery.has_value();
  }
  [[nodiscard]] Registry& registry() noexcept { return registry_; }
  [[nodiscard]] Namespace& main_namespace() noexcept { return *main_namespace_; }

  [[nodiscard]] std::size_t shard_count() const noexcept { return shards_.size(); }
  [[nodiscard]] ShardContext& context(std::size_t shard) noexcept { return *shards_[shard]; }
  /// The one of the calling thread; nullptr elsewhere.
  [[nodiscard]] ShardContext* current() noexcept;
  /// The one of the calling thread, or the first: where callbacks run.
  [[nodiscard]] ShardContext& home() noexcept;
  /// Of the shard's turn, where there is one.
  [[nodiscard]] engineio::Clock::time_point now() noexcept;

  /// A callback that calls `callback` at home(), later, with what it is given, wherever it is
  /// called.
  template <class Result, class Callback>
  [[nodiscard]] engineio::Function<void(Result)> call_at_home(Callback callback) {
    return [this, &context = home(), callback = std::move(callback)](Result result) mutable {
      post(context,
           [this, &context, callback = std::move(callback), result = std::move(result)]() mutable {
             contain(context, "a callback", "", [&] { callback(std::move(result)); });
           });
    };
  }

  /// Runs `task`, with which `bytes` of memory wait, on the shard later. False, counted and logged,
  /// when its mailbox is full.
  bool post(ShardContext& context, engineio::Task task, std::size_t bytes = 0);
  /// Counts what could not wait for another shard, and logs the first.
  void on_lost_task();

  void log(LogLevel level, std::string_view text) const;

  /// Runs code of the application: what it throws is counted and logged. False if it threw.
  template <class F>
  bool contain(std::string_view what, F&& code) noexcept {
    try {
      code();
      return true;
    } catch (const std::exception& error) {
      report_exception(what, error.what());
    } catch (...) {
      report_exception(what, "not a std::exception");
    }
    return false;
  }

  /// The same on its shard, which tells by these words what it does; `nsp` may be empty.
  template <class F>
  bool contain(ShardContext& context, std::string_view what, std::string_view nsp,
               F&& code) noexcept {
    const CallActivity call{what, nsp};
    const engineio::Activity activity(context.shard.activity(), &call, describe_call);
    return contain(what, std::forward<F>(code));
  }

  [[nodiscard]] Statistics statistics() const;

 private:
  void report_exception(std::string_view what, std::string_view error) noexcept;
  void start_expiry();

  Options options_;
  const engineio::Limits engine_limits_;
  std::vector<std::unique_ptr<ShardContext>> shards_;
  Registry registry_;
  Namespace* main_namespace_ = nullptr;
  std::atomic<bool> closing_ = false;
  std::atomic<std::uint64_t> lost_tasks_ = 0;
};

}  // namespace socketio::detail
