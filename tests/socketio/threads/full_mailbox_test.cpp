// A shard that does not come back while others have much for it: what waits is bounded, what is
// lost is counted, and afterwards everything is as before.

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "engineio/shard.hpp"
#include "tests/socketio/running_server.hpp"

using namespace socketio;
using tests::PollingClient;
using tests::run_turn;
using tests::RunningServer;

namespace {

constexpr std::size_t capacity = 100;
constexpr std::size_t byte_capacity = 10'000;

engineio::Options two_shards() {
  return {.threads = 2,
          .stall_threshold = std::chrono::milliseconds(0),
          .limits = {.mailbox_tasks = capacity, .mailbox_bytes = byte_capacity}};
}

Options maybe_recovering(bool recovery) {
  Options options;
  options.log = [](LogLevel, std::string_view) {};
  if (recovery) {
    options.connection_state_recovery = Recovery{};
  }
  return options;
}

/// The numbers of the events `n` up to the event `end`.
std::vector<int> numbers(PollingClient& client) {
  const std::string begin = R"(42["n",)";
  std::vector<int> result;
  for (;;) {
    const std::string payload = client.poll() + '\x1e';
    std::size_t from = 0;
    for (std::size_t to = 0; (to = payload.find('\x1e', from)) != payload.npos; from = to + 1) {
      const std::string packet = payload.substr(from, to - from);
      if (packet.starts_with(begin)) {
        result.push_back(std::stoi(packet.substr(begin.size())));
      } else if (packet.empty() || packet.starts_with(R"(42["end")")) {
        return result;
      }
    }
  }
}

std::vector<int> range(int begin, int end) {
  std::vector<int> result;
  for (int i = begin; i < end; ++i) {
    result.push_back(i);
  }
  return result;
}

/// Two shards with a client each, the first of which can be stalled.
class Deployment {
 public:
  explicit Deployment(bool recovery) : server(two_shards(), maybe_recovering(recovery)) {
    server.io.on_connection([this](Socket& socket) {
      const unsigned shard = socket.shard().index();
      sockets_[shard] = socket.shared_from_this();
      connected_on_ = shard;
    });
    server.io.handle("stall", [this] {
      stalled_ = true;
      stalled_.notify_all();
      stalled_.wait(true);
    });
    const std::uint16_t port = server.start();
    while (clients_[0] == nullptr || clients_[1] == nullptr) {
      auto client = std::make_unique<PollingClient>(port);
      client->send("40");
      static_cast<void>(client->poll());
      clients_[connected_on_] = std::move(client);
    }
  }

  void stall() {
    poster_ = std::thread([this] { stalled().send(R"(42["stall"])"); });
    stalled_.wait(false);
  }
  void go_on() {
    stalled_ = false;
    stalled_.notify_all();
    poster_.join();
    run_turn(server.io, 0);
  }

  /// Emits from a thread that is no shard, no faster than the shard that is well can keep up.
  void emit(const std::vector<int>& those) {
    for (const int number : those) {
      server.io.emit("n", number);
      if (number % 50 == 0) {
        run_turn(server.io, 1);
      }
    }
    run_turn(server.io, 1);
  }
  void end() {
    server.io.emit("end");
    run_turn(server.io, 0);
    run_turn(server.io, 1);
  }

  /// A socket that is reached from the test's thread.
  [[nodiscard]] Socket& socket_of_stalled() { return *sockets_[0]; }

  [[nodiscard]] bool post_to_stalled() {
    return server.io.engine().shard(0).post([] {});
  }
  [[nodiscard]] PollingClient& stalled() { return *clients_[0]; }
  [[nodiscard]] PollingClient& well() { return *clients_[1]; }
  [[nodiscard]] std::uint64_t lost_tasks() { return server.io.statistics().lost_tasks; }

  RunningServer server;

 private:
  std::unique_ptr<PollingClient> clients_[2];
  std::shared_ptr<Socket> sockets_[2];
  std::atomic<unsigned> connected_on_ = 0;
  std::atomic<bool> stalled_ = false;
  std::thread poster_;
};

}  // namespace

TEST_CASE("a stalled shard gets as much as its mailbox holds, and later everything again") {
  for (const bool recovery : {false, true}) {
    CAPTURE(recovery);
    Deployment d(recovery);
    d.stall();
    d.emit(range(0, 1'000));
    CHECK(d.lost_tasks() == 1'000 - capacity);
    d.go_on();
    d.end();
    CHECK(numbers(d.stalled()) == range(0, capacity));
    CHECK(numbers(d.well()) == range(0, 1'000));

    d.emit(range(1'000, 1'020));
    d.end();
    CHECK(numbers(d.stalled()) == range(1'000, 1'020));
    CHECK(numbers(d.well()) == range(1'000, 1'020));
    CHECK(d.lost_tasks() == 1'000 - capacity);
  }
}

TEST_CASE("a shard whose mailbox others have filled is reached again afterwards") {
  for (const bool recovery : {false, true}) {
    CAPTURE(recovery);
    Deployment d(recovery);
    d.stall();
    while (d.post_to_stalled()) {
    }
    d.emit(range(0, 10));
    CHECK(d.lost_tasks() == 10);
    d.go_on();
    d.emit(range(10, 20));
    d.end();
    CHECK(numbers(d.stalled()) == range(10, 20));
    CHECK(numbers(d.well()) == range(0, 20));
  }
}

TEST_CASE("a stalled shard gets as many bytes as its mailbox holds") {
  const std::string text(byte_capacity / 4, 'x');
  for (const bool recovery : {false, true}) {
    CAPTURE(recovery);
    Deployment d(recovery);
    d.stall();
    for (int number = 0; number < 10; ++number) {
      d.server.io.emit("n", number, text);
      run_turn(d.server.io, 1);
    }
    CHECK(d.lost_tasks() == 6);
    d.go_on();
    d.end();
    CHECK(numbers(d.stalled()) == range(0, 4));
    CHECK(numbers(d.well()) == range(0, 10));
  }
}

TEST_CASE("who wants an answer is told when there was no room for the question") {
  Deployment d(false);
  d.stall();
  d.socket_of_stalled().emit("n", 0, std::string(byte_capacity, 'x'));
  std::promise<std::string> error;
  d.socket_of_stalled()
      .timeout(std::chrono::milliseconds(1))
      .emit_with_ack("n", 1, [&](const AckResult& answer) { error.set_value(answer.error); });
  CHECK(d.lost_tasks() == 1);
  d.go_on();
  CHECK(error.get_future().get() == "operation has timed out");
  d.end();
  CHECK(numbers(d.stalled()) == range(0, 1));
}
