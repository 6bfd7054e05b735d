#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/redis.hpp"
#include "apps/chat/rooms/room_directory.hpp"
#include "apps/chat/store/redis_scripts.hpp"

namespace chat {

/// Runs scripts about rooms, each behind a preamble of Lua functions and variables that they have
/// in common (redis_room_scripts.cpp). Their own arguments are in the table `arguments`. They
/// return a string, the name of a failure, or what the caller reads.
class RedisRoomScripts {
 public:
  RedisRoomScripts(std::shared_ptr<adapters::Redis> redis, std::string prefix,
                   const RoomOptions& options);

  template <class T>
  void run(const std::string& script, std::vector<std::string> arguments,
           RedisScripts::Read<T> read, Callback<T> callback) {
    auto read_unless_failed = [read = std::move(read),
                               limits = options_.limits](adapters::redis::Reply& reply) mutable {
      Outcome<Nothing> failed = failure_of(reply, limits);
      return failed ? read(reply) : std::move(failed).template as<T>();
    };
    scripts_.run<T>(call(script, std::move(arguments)), std::move(read_unless_failed),
                    std::move(callback));
  }

 private:
  [[nodiscard]] ScriptCall call(const std::string& script,
                                std::vector<std::string> arguments) const;
  [[nodiscard]] static Outcome<Nothing> failure_of(const adapters::redis::Reply& reply,
                                                   const RoomLimits& limits);

  const std::shared_ptr<adapters::Redis> redis_;
  const std::string prefix_;
  const RoomOptions options_;
  RedisScripts scripts_;
};

/// Of a script that returns `describe(id)`.
[[nodiscard]] Room to_room(adapters::redis::Reply& description);
/// The texts of an array, sorted.
[[nodiscard]] std::vector<std::string> to_sorted_texts(adapters::redis::Reply& reply);

}  // namespace chat
