#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "adapters/sharded/sharded_adapter.hpp"
#include "adapters/streams/streams_adapter.hpp"
#include "tests/adapters/support/fake_client.hpp"
#include "tests/socketio/world.hpp"

namespace tests {

/// A server of one or several shards on a bus that the test plays. Its nodes are called `node-1`,
/// …, its requests go on from there.
struct BusWorld {
  using MakeAdapter = std::function<std::unique_ptr<socketio::Adapter>(socketio::Namespace&)>;

  explicit BusWorld(const std::function<MakeAdapter(BusWorld&)>& make, std::size_t shards = 1) {
    socketio::Options options;
    options.adapter = make(*this);
    world = std::make_unique<World>(std::move(options), shards);
    settle();
  }
  ~BusWorld() {
    close();
    world.reset();
    client.run();
  }

  void settle() {
    do {
      world->set_current(World::none);
      client.run();
      world->settle();
    } while (!client.idle());
  }
  void close() {
    world->core.close([] {});
    settle();
  }
  FakeSession& join(std::size_t shard = 0) {
    FakeSession& session = world->join("/", shard);
    settle();
    return session;
  }
  void deliver(const std::string& channel, const std::string& message,
               FakeClient::ChannelKind kind) {
    world->set_current(World::none);
    client.deliver(channel, message, kind);
    settle();
  }
  template <class Action>
  void run(Action&& action) {
    world->set_current(0);
    action();
    settle();
  }

  std::shared_ptr<adapters::BusMonitor> monitor =
      std::make_shared<adapters::BusMonitor>([](socketio::LogLevel, std::string_view) {});
  FakeClient client;
  std::size_t ids = 0;
  std::unique_ptr<World> world;
};

inline auto on_sharded_bus(adapters::ShardedAdapterOptions options = {}) {
  return [options](BusWorld& bus_world) mutable -> BusWorld::MakeAdapter {
    options.monitor = bus_world.monitor;
    adapters::cluster::Bus bus = adapters::sharded::make_bus(bus_world.client, options);
    bus.new_id = [&bus_world] { return "node-" + std::to_string(++bus_world.ids); };
    return [bus, mode = options.subscription_mode](socketio::Namespace& nsp) {
      return std::make_unique<adapters::sharded::ShardedAdapter>(nsp, bus, mode);
    };
  };
}

inline auto on_streams(adapters::StreamsAdapterOptions options = {}) {
  return [options](BusWorld& bus_world) mutable -> BusWorld::MakeAdapter {
    options.monitor = bus_world.monitor;
    adapters::cluster::Bus bus = adapters::streams::make_bus(bus_world.client, options);
    bus.new_id = [&bus_world] { return "node-" + std::to_string(++bus_world.ids); };
    const auto hub = std::make_shared<adapters::streams::StreamHub>(bus_world.client, options);
    return [bus, hub](socketio::Namespace& nsp) {
      return std::make_unique<adapters::streams::StreamsAdapter>(nsp, bus, hub);
    };
  };
}

}  // namespace tests
