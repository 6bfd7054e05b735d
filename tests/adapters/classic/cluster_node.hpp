#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/classic/classic_adapter.hpp"
#include "tests/adapters/support/fake_client.hpp"
#include "tests/socketio/world.hpp"

namespace tests {

/// A server of a cluster whose Redis, other servers and clients are played by the test.
class ClusterNode {
 public:
  /// `first_id`: the uid in the main namespace.
  explicit ClusterNode(adapters::RedisAdapterOptions options = {}, std::string first_id = "uid-00",
                       std::size_t shards = 1)
      : next_id(std::move(first_id)), world(make_options(std::move(options)), shards) {
    settle();
  }

  // As Server does when it goes.
  ~ClusterNode() {
    world.core.registry().close_adapters();
    settle();
  }
  ClusterNode(const ClusterNode&) = delete;
  ClusterNode& operator=(const ClusterNode&) = delete;

  [[nodiscard]] socketio::Adapter& adapter(std::string_view nsp = "/") {
    return world.of(nsp).adapter();
  }
  [[nodiscard]] adapters::BusStatistics statistics() const { return monitor->statistics(); }

  /// A client in the namespace, with its socket.
  struct Client {
    FakeSession* session = nullptr;
    std::shared_ptr<socketio::Socket> socket;
  };
  Client join(std::string_view nsp = "/", FakeSession* session = nullptr) {
    Client client;
    world.of(nsp).on_connection([&client](socketio::Socket& socket) {
      if (client.socket == nullptr) {
        client.socket = socket.shared_from_this();
      }
    });
    client.session = session != nullptr ? session : &world.open();
    world.receive(*client.session, "0" + (nsp == "/" ? std::string() : std::string(nsp) + ","));
    forget_connection_handlers(nsp);
    take(*client.session);
    settle();
    return client;
  }

  /// The only message published since the last time.
  std::string published() {
    std::vector<std::string> messages;
    for (const auto& command : redis->take()) {
      if (command[0] == "PUBLISH") {
        messages.push_back(command[2]);
      }
    }
    REQUIRE(messages.size() == 1);
    return messages.front();
  }

  /// Runs `action` on the first shard, and all that follows from it.
  template <class Action>
  void run(Action&& action) {
    world.run_on(0, std::forward<Action>(action));
    settle();
  }

  /// A message of another server, or what Redis hands back of this one's.
  void deliver(std::string_view channel, std::string message) {
    world.set_current(World::none);
    redis->deliver(channel, std::move(message));
    settle();
  }

  void advance(engineio::Clock::duration duration) {
    world.set_current(World::none);
    redis->advance(duration);
    world.advance(duration);
    settle();
  }

  /// Until neither Redis nor a shard has anything to do.
  void settle() {
    do {
      world.set_current(World::none);
      redis->run();
      world.settle();
    } while (!redis->idle());
  }

  std::shared_ptr<FakeClient> redis = std::make_shared<FakeClient>();
  std::vector<std::string> reported;
  std::shared_ptr<adapters::BusMonitor> monitor = std::make_shared<adapters::BusMonitor>(
      [this](socketio::LogLevel, std::string_view text) { reported.emplace_back(text); });
  std::string next_id;  ///< of a namespace or a request; numbered if it stays the same
  World world;

 private:
  socketio::Options make_options(adapters::RedisAdapterOptions options) {
    options.monitor = monitor;
    socketio::Options result;
    result.adapter = [this, options](socketio::Namespace& nsp) {
      return std::make_unique<adapters::classic::ClassicAdapter>(
          nsp, redis, options, [this] { return std::exchange(next_id, next(next_id)); });
    };
    return result;
  }

  // "uid-00", "uid-01", …
  static std::string next(std::string id) {
    id.back() = static_cast<char>(id.back() == '9' ? '0' : id.back() + 1);
    return id;
  }

  void forget_connection_handlers(std::string_view nsp) {
    socketio::detail::NamespaceAccess::change_handlers(
        world.of(nsp), [](socketio::detail::HandlerLists& lists) { lists.on_connection.clear(); });
  }
};

}  // namespace tests
