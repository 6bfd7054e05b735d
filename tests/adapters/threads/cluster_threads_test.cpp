#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "adapters/sharded/sharded_adapter.hpp"
#include "adapters/streams/streams_adapter.hpp"
#include "socketio/server.hpp"
#include "tests/adapters/support/fake_client.hpp"

// Servers that come and go while their Redis has something to say all the time.

using namespace adapters;
using namespace std::chrono_literals;
using tests::FakeClient;

namespace {

class BusyRedis {
 public:
  explicit BusyRedis(FakeClient::ChannelKind kind) : kind_(kind), thread_([this] { run(); }) {}
  ~BusyRedis() {
    stopping_ = true;
    thread_.join();
  }
  BusyRedis(const BusyRedis&) = delete;
  BusyRedis& operator=(const BusyRedis&) = delete;

  void wait_for_turns(std::uint64_t count) const {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    const std::uint64_t end = turns_ + count;
    while (turns_ < end && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
    }
    REQUIRE(turns_ >= end);
  }

  FakeClient client;

 private:
  void run() {
    const cluster::Codec other(kind_ == FakeClient::ChannelKind::sharded
                                   ? cluster::MessageFormat::json_or_msgpack
                                   : cluster::MessageFormat::msgpack,
                               "other", "/");
    const auto hello = [](socketio::Writer& writer) { socketio::write_event(writer, "ask"); };
    const auto say = [&](cluster::MessageType type, const auto& data) {
      client.deliver("socket.io#/#", other.encode(type, data), kind_);
    };
    client.other_subscribers = 2;
    while (!stopping_) {
      client.run();
      say(cluster::MessageType::broadcast, [&](socketio::Writer& writer) {
        cluster::write_broadcast(writer, hello, turns_ % 2 == 0 ? "r" : "", {});
      });
      say(cluster::MessageType::fetch_sockets,
          [&](socketio::Writer& writer) { cluster::write_fetch(writer, {}, "r"); });
      say(cluster::MessageType::server_side_emit,
          [&](socketio::Writer& writer) { cluster::write_server_side_emit(writer, hello, "r"); });
      say(cluster::MessageType::sockets_join,
          [&](socketio::Writer& writer) { cluster::write_rooms_change(writer, {}, {"room"}); });
      client.advance(1ms);
      (void)client.take();
      ++turns_;
    }
    client.run();
  }

  const FakeClient::ChannelKind kind_;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::uint64_t> turns_ = 0;
  std::thread thread_;
};

template <class MakeAdapter>
void come_and_go(BusyRedis& redis, const MakeAdapter& make) {
  std::atomic<int> results = 0;
  for (int round = 0; round < 20; ++round) {
    socketio::Options options;
    options.adapter = make;
    options.log = [](socketio::LogLevel, std::string_view) {};  // of shards that have stopped
    socketio::Server server(engineio::Options{.threads = 2}, std::move(options));
    server.sockets().on_server_event("ask", [](socketio::Ack<> ack) { ack("answer"); });
    std::thread running([&server] { server.run(); });
    for (int i = 0; i < 10; ++i) {
      server.sockets().emit("hello", i);
      server.sockets().fetch_sockets([&](const auto&) { ++results; });
      server.sockets().server_side_emit_with_ack("ask", [&](const auto&) { ++results; });
      server.sockets().timeout(5ms).emit_with_ack("ask", [&](const auto&) { ++results; });
    }
    redis.wait_for_turns(8);
    if (round % 2 == 0) {
      server.close();
    } else {
      server.engine().stop();  // the adapters are not told until the server goes
    }
    running.join();
  }
  CHECK(results > 0);
}

std::shared_ptr<BusMonitor> silent() {
  return std::make_shared<BusMonitor>([](socketio::LogLevel, std::string_view) {});
}

}  // namespace

TEST_CASE("threads: sharded adapters come and go") {
  BusyRedis redis(FakeClient::ChannelKind::sharded);
  come_and_go(redis, [&redis](socketio::Namespace& nsp) {
    const ShardedAdapterOptions options{.requests_timeout = 5ms, .monitor = silent()};
    return std::make_unique<sharded::ShardedAdapter>(nsp, sharded::make_bus(redis.client, options),
                                                     SubscriptionMode::dynamic_private);
  });
}

TEST_CASE("threads: streams adapters come and go") {
  BusyRedis redis(FakeClient::ChannelKind::plain);
  come_and_go(redis, [&redis](socketio::Namespace& nsp) {
    const StreamsAdapterOptions options{.requests_timeout = 5ms, .monitor = silent()};
    return std::make_unique<streams::StreamsAdapter>(
        nsp, streams::make_bus(redis.client, options),
        std::make_shared<streams::StreamHub>(redis.client, options));
  });
}
