#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/redis_client.hpp"
#include "apps/chat/store/limit_check.hpp"
#include "apps/chat/store/outcome.hpp"

namespace chat {

/// An id as a part of the name of a key: `:` and `%` are escaped, so that no id makes the name of
/// another's key.
[[nodiscard]] std::string key_part(std::string_view id);

/// A Lua script and what it gets.
struct ScriptCall {
  std::string script;
  std::vector<std::string> keys = {};
  std::vector<std::string> arguments = {};
  /// It does no harm to run it twice: it is run again when the connection was lost meanwhile.
  bool repeatable = false;
};

/// Runs Lua scripts in Redis, where each happens at once, and bounds how many wait.
class RedisScripts {
 public:
  RedisScripts(adapters::redis::Client& client, std::size_t most_waiting);

  template <class T>
  using Read = engineio::Function<Outcome<T>(adapters::redis::Reply&)>;

  /// `read` makes an outcome of the reply, on the client's thread, where `callback` comes as well.
  /// When Redis refuses or cannot be reached, that is Failure::unavailable. When too many wait,
  /// `callback` gets Failure::overloaded at once. Any thread.
  template <class T>
  void run(ScriptCall call, Read<T> read, Callback<T> callback) {
    send(std::move(call),
         [read = std::move(read), callback = std::move(callback)](
             Failure failure, std::string error, adapters::redis::Reply& reply) mutable {
           answer(callback,
                  failure == Failure::none
                      ? read(reply)
                      : Outcome<T>{.failure = failure, .error = std::move(error), .value = {}});
         });
  }

  [[nodiscard]] std::size_t waiting() const noexcept { return *waiting_; }

 private:
  using Finish = engineio::Function<void(Failure, std::string, adapters::redis::Reply&)>;

  void send(ScriptCall call, Finish finish);

  adapters::redis::Client& client_;
  const std::size_t most_waiting_;
  const std::shared_ptr<std::atomic<std::size_t>> waiting_;  // outlives this
};

}  // namespace chat
