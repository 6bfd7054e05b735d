#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "adapters/classic/classic_adapter.hpp"
#include "adapters/classic/messages.hpp"
#include "engineio/server.hpp"
#include "socketio/server.hpp"
#include "tests/adapters/support/fake_client.hpp"

using namespace std::chrono_literals;
using namespace tests;

namespace {

/// A busy Redis on a thread of its own: other servers broadcast and ask all the time, and what this
/// one asks is answered.
class BusyRedis {
 public:
  BusyRedis() : thread_([this] { run(); }) {}
  ~BusyRedis() {
    stopping_ = true;
    thread_.join();
  }
  BusyRedis(const BusyRedis&) = delete;
  BusyRedis& operator=(const BusyRedis&) = delete;

  [[nodiscard]] const std::shared_ptr<FakeClient>& client() const { return client_; }
  [[nodiscard]] std::uint64_t turns() const { return turns_; }

 private:
  void run() {
    const auto hello = [](socketio::Writer& writer) { socketio::write_event(writer, "hello"); };
    const std::string broadcast = adapters::classic::encode_broadcast("other1", "/", hello, {});
    const std::string with_ack =
        adapters::classic::encode_broadcast_with_ack("other1", "req-00", "/", hello, {});
    client_->other_subscribers = 2;
    while (!stopping_) {
      client_->run();
      client_->deliver("socket.io#/#", broadcast);
      client_->deliver("socket.io-request#/#", with_ack);
      client_->deliver("socket.io-request#/#",
                       R"({"uid":"other1","requestId":"req-01","type":5,"opts":{}})");
      client_->deliver("socket.io-request#/#",
                       R"({"uid":"other1","requestId":"req-02","type":6,"data":["ask"]})");
      client_->deliver("socket.io-response#/#",
                       R"({"requestId":"own-id","sockets":[],"rooms":[]})");
      client_->advance(1ms);
      client_->take();
      ++turns_;
    }
    client_->run();
  }

  std::shared_ptr<FakeClient> client_ = std::make_shared<FakeClient>();
  std::atomic<bool> stopping_ = false;
  std::atomic<std::uint64_t> turns_ = 0;
  std::thread thread_;
};

}  // namespace

TEST_CASE("classic threads: servers come and go while Redis is busy") {
  BusyRedis redis;
  std::atomic<int> results = 0;
  for (int round = 0; round < 20; ++round) {
    socketio::Options options;
    options.log = [](auto, auto) {};  // that mailboxes of stopped shards are full
    options.adapter = [&redis](socketio::Namespace& nsp) {
      adapters::RedisAdapterOptions adapter_options{.requests_timeout = 20ms};
      adapter_options.monitor = std::make_shared<adapters::BusMonitor>([](auto, auto) {});
      return std::make_unique<adapters::classic::ClassicAdapter>(
          nsp, redis.client(), std::move(adapter_options), [] { return std::string("own-id"); });
    };
    auto server =
        std::make_unique<socketio::Server>(engineio::Options{.threads = 2}, std::move(options));
    server->sockets().on_server_event("ask", [](socketio::Ack<> ack) { ack("answer"); });
    std::thread runner([&] { server->run(); });
    const auto until = redis.turns() + 5;
    for (int i = 0; i < 50 || redis.turns() < until; ++i) {
      server->emit("hello", i);
      server->sockets_join("room");
      server->fetch_sockets([&](const socketio::FetchResult&) { ++results; });
      server->sockets().server_side_emit_with_ack("ask",
                                                  [&](const socketio::AckResults&) { ++results; });
      server->sockets().timeout(10ms).emit_with_ack(
          "ask", [&](const socketio::AckResults&) { ++results; });
    }
    const bool closed_properly = round % 2 == 0;
    if (closed_properly) {
      server->close();
    } else {
      server->engine().stop();  // the adapters are not told until the server goes
    }
    runner.join();
    server.reset();
  }
  CHECK(results > 0);
}
