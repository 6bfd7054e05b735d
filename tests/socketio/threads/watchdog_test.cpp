// A handler that does not return, on a server with several shards.

#include <doctest/doctest.h>

#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/engineio/net/net_support.hpp"
#include "tests/socketio/running_server.hpp"
#include "tests/socketio/threads/talker.hpp"

using namespace std::chrono_literals;
using engineio::Stall;
using net_support::Log;
using tests::RunningServer;
using tests::Talker;

namespace {

class TcpWire final : public tests::Wire {
 public:
  explicit TcpWire(std::uint16_t port) : client_(port) {}

  void send(std::string_view bytes) override { client_.send(bytes); }
  std::string receive(std::size_t size) override { return client_.receive(size); }
  void reset() override { client_.reset(); }

 private:
  net_support::Client client_;
};

engineio::Options watched_options(std::function<void(const Stall&)> on_stall) {
  engineio::Options options;
  options.threads = 2;
  options.stall_threshold = 20ms;
  options.on_stall = std::move(on_stall);
  return options;
}

/// A server with a handler that returns when it is told to, and a client on each of its shards.
struct Stallable {
  Stallable(engineio::Options engine, socketio::Options options)
      : server(std::move(engine), std::move(options)) {
    server.io.handle("shard", [](socketio::Socket& socket, int) {
      return static_cast<int>(socket.shard().index());
    });
    server.io.handle("echo", [](int n) { return n; });
    server.io.handle("block", [this](int n) {
      may_return.get_future().wait();
      return n;
    });
    port = server.start();
    for (int i = 0; i < 200 && (client_of_first == nullptr || client_of_other == nullptr); ++i) {
      connect();
    }
    REQUIRE(client_of_first != nullptr);
    REQUIRE(client_of_other != nullptr);
  }

  void connect() {
    auto talker = std::make_unique<Talker>([this] { return std::make_unique<TcpWire>(port); });
    talker->open_websocket();
    talker->join("");
    (talker->ask("shard", 0) == 0 ? client_of_first : client_of_other) = std::move(talker);
  }

  RunningServer server;
  std::promise<void> may_return;
  std::uint16_t port = 0;
  std::unique_ptr<Talker> client_of_first;
  std::unique_ptr<Talker> client_of_other;
};

}  // namespace

TEST_CASE("a handler that does not return is reported by its event; other shards go on") {
  Log log;
  Stallable stallable(watched_options([&log](const Stall& stall) {
                        log.add(std::string(stall.over ? "over: " : "busy: ") +
                                std::to_string(stall.shard) + " " + std::string(stall.activity));
                      }),
                      {});
  auto answer =
      std::async(std::launch::async, [&] { return stallable.client_of_other->ask("block", 7); });
  CHECK(log.wait_for("busy: 1 `block` of `/`"));
  CHECK(stallable.client_of_first->ask("echo", 1) == 1);
  CHECK(log.count("over: 1 `block` of `/`") == 0);
  stallable.may_return.set_value();
  CHECK(answer.get() == 7);
  CHECK(log.wait_for("over: 1 `block` of `/`"));
  CHECK(log.count("busy: 1 `block` of `/`") == 1);
  CHECK(stallable.client_of_other->ask("echo", 2) == 2);
}

TEST_CASE("a stall is logged if nobody else wants to be told") {
  Log log;
  socketio::Options options;
  options.log = [&log](socketio::LogLevel level, std::string_view text) {
    std::string line(text);
    const auto digits = line.find_first_of("0123456789", std::string("shard 0").size());
    line.replace(digits, line.find(" ms") - digits, "N");
    log.add((level == socketio::LogLevel::warning ? "warning: " : "") + line);
  };
  Stallable stallable(watched_options(nullptr), options);
  auto answer =
      std::async(std::launch::async, [&] { return stallable.client_of_first->ask("block", 7); });
  CHECK(
      log.wait_for("warning: shard 0 has been busy for N ms with `block` of `/`; other clients "
                   "of that shard wait"));
  stallable.may_return.set_value();
  CHECK(answer.get() == 7);
  CHECK(log.wait_for("warning: shard 0 goes on after N ms with `block` of `/`"));
}

TEST_CASE("on_stall may throw") {
  Log log;
  socketio::Options options;
  options.log = [&log](socketio::LogLevel, std::string_view text) { log.add(std::string(text)); };
  Stallable stallable(watched_options([](const Stall& stall) {
                        if (stall.activity == "`block` of `/`") {
                          throw std::runtime_error(stall.over ? "second" : "first");
                        }
                      }),
                      options);
  auto answer =
      std::async(std::launch::async, [&] { return stallable.client_of_first->ask("block", 7); });
  CHECK(log.wait_for("on_stall threw: first"));
  stallable.may_return.set_value();
  CHECK(answer.get() == 7);
  CHECK(log.wait_for("on_stall threw: second"));
}
