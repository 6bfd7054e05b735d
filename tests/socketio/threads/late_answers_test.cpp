// The application gives the answers that it owes when the server has ended, while it ends, or when
// the shard that waits for them has no time and a full mailbox.

#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "tests/engineio/net/net_support.hpp"
#include "tests/socketio/running_server.hpp"

using namespace socketio;
using tests::PollingClient;
using tests::RunningServer;
using tests::TcpClient;

namespace {

/// What a server waits for, from any of its shards.
class Debts {
 public:
  using Debt = engineio::Function<void()>;

  void add(Debt debt) {
    {
      const std::lock_guard lock(mutex_);
      debts_.push_back(std::move(debt));
    }
    log_.add("debt");
  }
  [[nodiscard]] bool wait_for(std::size_t count) { return log_.wait_for("debt", count); }
  /// Returns how many there were.
  std::size_t pay() {
    std::vector<Debt> debts = take();
    for (Debt& debt : debts) {
      debt();
    }
    return debts.size();
  }
  std::size_t forget() { return take().size(); }

 private:
  std::vector<Debt> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(debts_, {});
  }

  std::mutex mutex_;
  std::vector<Debt> debts_;
  net_support::Log log_;
};

/// A server that owes an answer of every kind, and those who wait for it.
class Indebted {
 public:
  static constexpr std::size_t kinds = 5;

  explicit Indebted(Debts& debts, engineio::Options options = {.threads = 2})
      : server_(
            std::make_unique<RunningServer>(owing_handshakes(std::move(options), debts), quiet())) {
    Server& io = server_->io;
    io.on_http("GET", "/owed", [&debts](const engineio::HttpRequest&, engineio::HttpResponder to) {
      debts.add([to = std::move(to)]() mutable { to.respond(200, "text/plain", "late"); });
    });
    io.of("/owed").use([&debts](Socket&, Next next) { debts.add([next] { next(); }); });
    io.on_connection([&debts](Socket& socket) {
      socket.use([&debts](const Event& event, Next next) {
        event.name == "owed" ? debts.add([next] { next(ConnectError{"late"}); }) : next();
      });
      socket.on_error([&socket](const ConnectError& error) { socket.emit(error.message); });
      socket.on("ask", [&debts](Ack<int> ack) { debts.add([ack] { ack(1); }); });
    });
    const std::uint16_t port = server_->start();
    client_ = std::make_unique<PollingClient>(port);
    client_->send(
        "40\x1e"
        R"(42["owed"])"
        "\x1e"
        R"(421["ask"])"
        "\x1e"
        "40/owed,");
    for (const std::string target : {"/owed", "/socket.io/?EIO=4&transport=polling&owed=1"}) {
      waiting_.push_back(std::make_unique<TcpClient>(port));
      waiting_.back()->send("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    REQUIRE(debts.wait_for(kinds));
  }

  void end() { server_.reset(); }

  void stall_first_shard() {
    std::promise<void> stalled;
    shard().post([this, &stalled] {
      stalled.set_value();
      stalled_.wait(true);
    });
    stalled.get_future().wait();
  }
  void go_on() {
    stalled_ = false;
    stalled_.notify_all();
  }
  [[nodiscard]] engineio::Shard& shard() { return server_->io.engine().shard(0); }

  [[nodiscard]] bool is_paid() {
    std::string packets = client_->poll();
    for (const std::string packet : {"40/owed,{", R"(42["late"])", "431[1]"}) {
      while (!contains(packets, packet)) {
        const std::string payload = client_->poll();
        if (payload.empty()) {
          return false;
        }
        packets += payload;
      }
    }
    std::string response;
    std::string handshake;
    while (!contains(response, "late") && waiting_[0]->receive(response)) {
    }
    while (!contains(handshake, "\"sid\"") && waiting_[1]->receive(handshake)) {
    }
    return contains(response, "late") && contains(handshake, "\"sid\"");
  }

 private:
  static engineio::Options owing_handshakes(engineio::Options options, Debts& debts) {
    options.allow_request = [&debts](const engineio::HttpRequest& request, auto decide) {
      request.target.ends_with("owed=1") ? debts.add([decide] { decide({.allowed = true}); })
                                         : decide({.allowed = true});
    };
    return options;
  }
  static Options quiet() {
    Options options;
    options.log = [](LogLevel, std::string_view) {};
    return options;
  }

  static bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
  }

  std::unique_ptr<RunningServer> server_;
  std::atomic<bool> stalled_ = true;
  std::unique_ptr<PollingClient> client_;
  std::vector<std::unique_ptr<TcpClient>> waiting_;
};

}  // namespace

// What must not happen is seen by the sanitizers.

TEST_CASE("threads: answers that are given when the server has been destroyed") {
  Debts debts;
  Indebted server(debts);
  server.end();
  std::size_t given = 0;
  SUBCASE("on a thread that never was a shard's") {
    std::thread([&] { given = debts.pay(); }).join();
  }
  SUBCASE("on the thread that destroyed it") { given = debts.pay(); }
  SUBCASE("or never: they are destroyed") { given = debts.forget(); }
  CHECK(given == Indebted::kinds);
}

TEST_CASE("threads: answers that are given while the server ends") {
  for (int round = 0; round < 20; ++round) {
    Debts debts;
    Indebted server(debts);
    std::size_t given = 0;
    std::thread payer([&] { given = debts.pay(); });
    server.end();
    payer.join();
    CHECK(given == Indebted::kinds);
  }
}

TEST_CASE("threads: answers reach a shard whose mailbox is full") {
  Debts debts;
  Indebted server(debts, {.threads = 1, .limits = {.mailbox_tasks = 1}});
  server.stall_first_shard();
  CHECK(server.shard().post([] {}));
  CHECK_FALSE(server.shard().post([] {}));
  CHECK(debts.pay() == Indebted::kinds);
  server.go_on();
  CHECK(server.is_paid());
}
