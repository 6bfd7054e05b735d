#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engineio/timers.hpp"
#include "tests/adapters/support/fake_client.hpp"

namespace tests {

/// A Redis for several clients, of the commands that the cluster of sio_chat needs, with a clock
/// that is run by hand:
///
///     TinyRedis redis;
///     FakeClient& client = redis.connect();
///     redis.advance(3s);   // all clients, a little at a time
class TinyRedis {
 public:
  /// Lives as long as the TinyRedis.
  FakeClient& connect();
  /// Its time stands still, its messages are lost: the process has died.
  void kill(FakeClient& client);

  /// Runs all clients until nothing is left to do.
  void run();
  void advance(engineio::Clock::duration duration);

  /// All data are lost, as after a restart without a disk.
  void lose_data();

  bool away = false;  ///< commands fail

  std::map<std::string, std::string> texts;
  std::map<std::string, std::set<std::string>> sets;
  std::map<std::string, std::map<std::string, std::string>> hashes;

 private:
  using Command = adapters::redis::Command;
  using Result = adapters::redis::Result;

  [[nodiscard]] Result execute(const Command& command);
  void deliver(const std::vector<Command>& commands);
  void publish(const std::string& channel, const std::string& payload);
  void remove(const std::string& key);
  void expire();

  std::vector<std::unique_ptr<FakeClient>> clients_;
  std::set<const FakeClient*> dead_;
  std::map<std::string, engineio::Clock::duration> deadlines_;
  engineio::Clock::duration now_{};
};

}  // namespace tests
