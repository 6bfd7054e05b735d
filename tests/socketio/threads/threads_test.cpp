// Real threads instead of hand-run turns: meant for ThreadSanitizer.

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "socketio/detail/namespace_access.hpp"
#include "socketio/detail/server_core.hpp"
#include "socketio/namespace.hpp"
#include "socketio/socket.hpp"

using namespace socketio;
using namespace std::chrono_literals;

namespace {

/// A shard with a thread, a mailbox and nothing else.
class ThreadShard final : public engineio::Shard {
 public:
  explicit ThreadShard(unsigned index) : index_(index), thread_([this] { run(); }) {}
  ~ThreadShard() override { stop(); }

  void stop() {
    if (thread_.joinable()) {
      post([this] { stopped_ = true; });
      thread_.join();
    }
  }

  [[nodiscard]] unsigned index() const noexcept override { return index_; }
  [[nodiscard]] bool is_current() const noexcept override {
    return std::this_thread::get_id() == thread_.get_id();
  }
  using Shard::post;
  bool post(engineio::Task task, std::size_t) override { return post_essential(std::move(task)); }
  bool post_essential(engineio::Task task) override {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
    wake_.notify_one();
    return true;
  }
  [[nodiscard]] engineio::Clock::time_point now() const noexcept override {
    return engineio::Clock::now();
  }
  [[nodiscard]] engineio::Clock::time_point precise_now() const noexcept override { return now(); }
  [[nodiscard]] engineio::Timers& timers() noexcept override { return timers_; }
  void at_turn_end(engineio::TurnEndWork&) override {}
  void withdraw(engineio::TurnEndWork&) noexcept override {}
  void after_turn(engineio::Task task) override { after_turn_.push_back(std::move(task)); }

  /// Runs `action` on the shard and waits for it.
  template <class Action>
  void call(Action action) {
    std::atomic<bool> done = false;
    post([&] {
      action();
      done = true;
      done.notify_one();
    });
    done.wait(false);
  }

 private:
  void run() {
    while (!stopped_) {
      for (engineio::Task& task : wait()) {
        task();
      }
      while (!after_turn_.empty()) {
        for (engineio::Task& task : std::exchange(after_turn_, {})) {
          task();
        }
      }
    }
  }

  std::vector<engineio::Task> wait() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return !tasks_.empty(); });
    return std::exchange(tasks_, {});
  }

  const unsigned index_;
  engineio::Timers timers_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<engineio::Task> tasks_;
  std::vector<engineio::Task> after_turn_;
  bool stopped_ = false;
  std::thread thread_;
};

/// A session that keeps what it is sent; used on its shard only.
class Sink final : public engineio::Session {
 public:
  Sink(engineio::Shard& shard, std::string id) : shard_(shard), id_(std::move(id)) {}

  [[nodiscard]] std::string_view id() const noexcept override { return id_; }
  [[nodiscard]] unsigned protocol() const noexcept override { return 4; }
  [[nodiscard]] engineio::TransportName transport() const noexcept override {
    return engineio::TransportName::websocket;
  }
  [[nodiscard]] State state() const noexcept override { return state_; }
  [[nodiscard]] const engineio::HttpRequest& handshake() const noexcept override {
    return request_;
  }
  [[nodiscard]] engineio::Shard& shard() noexcept override { return shard_; }
  void send(const engineio::Message& message, bool) override {
    sent.emplace_back(message.payload());
  }
  [[nodiscard]] bool writable() const noexcept override { return true; }
  [[nodiscard]] std::size_t queued_bytes() const noexcept override { return 0; }
  void close() override { discard_and_close(); }
  void discard_and_close() override {
    if (state_ == State::open) {
      state_ = State::closed;
      handler->on_close(engineio::CloseReason::transport_close, "");
    }
  }

  void receive(std::string message) { handler->on_message(engineio::MessageKind::text, message); }

  std::unique_ptr<engineio::SessionHandler> handler;
  std::vector<std::string> sent;

 private:
  engineio::Shard& shard_;
  std::string id_;
  engineio::HttpRequest request_;
  State state_ = State::open;
};

constexpr unsigned shard_count = 3;
constexpr int clients_per_shard = 4;
constexpr int rounds = 200;

struct Threads {
  explicit Threads(Options options) {
    std::vector<engineio::Shard*> pointers;
    for (unsigned i = 0; i < shard_count; ++i) {
      pointers.push_back(shards.emplace_back(std::make_unique<ThreadShard>(i)).get());
    }
    options.log = [](LogLevel, std::string_view) {};
    core = std::make_unique<detail::ServerCore>(std::move(options), pointers);
  }
  ~Threads() {
    for (auto& sink : sinks) {
      shards[sink->shard().index()]->call([&] { sink->discard_and_close(); });
    }
    for (auto& shard : shards) {
      shard->stop();
    }
    sinks.clear();
  }

  Sink& open(unsigned shard, const std::string& connect) {
    Sink& sink = *sinks.emplace_back(
        std::make_unique<Sink>(*shards[shard], "engine-" + std::to_string(sinks.size())));
    shards[shard]->call([&] {
      sink.handler = core->accept(sink);
      sink.receive(connect);
    });
    return sink;
  }

  /// Until nothing travels between the shards any more: no task makes more than two others after
  /// it.
  void settle() {
    for (int i = 0; i < 3; ++i) {
      for (auto& shard : shards) {
        shard->call([] {});
      }
    }
  }

  std::vector<std::unique_ptr<ThreadShard>> shards;
  std::unique_ptr<detail::ServerCore> core;
  std::vector<std::unique_ptr<Sink>> sinks;
};

/// The numbers of the events `n` in what was sent, without offsets.
std::vector<int> numbers(const std::vector<std::string>& sent, const std::string& event) {
  std::vector<int> result;
  const std::string prefix = "2[\"" + event + "\",";
  for (const std::string& text : sent) {
    if (text.starts_with(prefix)) {
      result.push_back(std::stoi(text.substr(prefix.size())));
    }
  }
  return result;
}

std::vector<int> count_to(int end) {
  std::vector<int> result;
  for (int i = 0; i < end; ++i) {
    result.push_back(i);
  }
  return result;
}

Options recovering() {
  Options options;
  options.connection_state_recovery = Recovery{};
  return options;
}

}  // namespace

TEST_CASE("threads that send at the same time keep their order at every receiver") {
  for (const bool recovery : {false, true}) {
    CAPTURE(recovery);
    Threads threads(recovery ? recovering() : Options{});
    Namespace& io = threads.core->registry().of("/");
    io.handle("broadcast", [&io](int n) { io.emit("by handler", n); });
    for (unsigned i = 0; i < shard_count * clients_per_shard; ++i) {
      threads.open(i % shard_count, "0");
    }
    std::vector<std::thread> senders;
    for (const char* name : {"a", "b"}) {
      senders.emplace_back([&io, name] {
        for (int i = 0; i < rounds; ++i) {
          io.emit(name, i);
        }
      });
    }
    Sink& asking = *threads.sinks[0];
    for (int i = 0; i < rounds; ++i) {
      threads.shards[0]->post(
          [&asking, i] { asking.receive("2[\"broadcast\"," + std::to_string(i) + "]"); });
    }
    for (std::thread& sender : senders) {
      sender.join();
    }
    threads.settle();
    for (const auto& sink : threads.sinks) {
      threads.shards[sink->shard().index()]->call([&] {
        const bool in_order = numbers(sink->sent, "a") == count_to(rounds) &&
                              numbers(sink->sent, "b") == count_to(rounds) &&
                              numbers(sink->sent, "by handler") == count_to(rounds);
        sink->sent = {in_order ? "in order" : "out of order"};
      });
      CHECK(sink->sent.front() == "in order");
    }
  }
}

TEST_CASE("sockets come and go on all shards while others act on them") {
  Threads threads({});
  Namespace& io = threads.core->registry().of("/");
  std::atomic<int> fetched = 0;
  std::atomic<int> answered = 0;
  io.on_connection([](Socket& socket) {
    socket.join({"x", "y"});
    socket.on("leave", [&socket] { socket.leave("x"); });
  });
  std::thread other([&] {
    for (int i = 0; i < rounds; ++i) {
      io.to("x").except("z").emit("e", i);
      io.in("y").sockets_join("z");
      io.in("y").sockets_leave("z");
      io.fetch_sockets([&](const FetchResult&) { ++fetched; });
      io.local().timeout(1h).emit_with_ack("ask", [&](const AckResults&) { ++answered; });
      io.handle("event " + std::to_string(i), [] {});
    }
    io.disconnect_sockets(true);
  });
  for (int round = 0; round < 20; ++round) {
    for (unsigned shard = 0; shard < shard_count; ++shard) {
      Sink& sink = threads.open(shard, "0");
      threads.shards[shard]->call([&] {
        sink.receive("2[\"leave\"]");
        sink.discard_and_close();
      });
    }
  }
  other.join();
  threads.settle();
  CHECK(fetched == rounds);
  CHECK(io.socket_count() == 0);
  std::atomic<bool> closed = false;
  threads.core->close([&] { closed = true; });
  threads.settle();
  CHECK(closed);
}

TEST_CASE("a client that comes back on another shard gets everything exactly once") {
  Threads threads(recovering());
  Namespace& io = threads.core->registry().of("/");
  std::atomic<bool> stop = false;
  std::atomic<int> sent = 0;
  std::thread sender([&] {
    while (!stop) {
      io.emit("e", sent++);
      std::this_thread::yield();
    }
  });
  std::vector<int> received;
  std::string connect = "0";
  for (unsigned visit = 0; visit < 12; ++visit) {
    const unsigned shard = visit % shard_count;
    Sink& sink = threads.open(shard, connect);
    const int enough = sent + 20;
    while (sent < enough) {
      std::this_thread::yield();
    }
    std::string pid;
    std::string offset;
    threads.shards[shard]->call([&] {
      sink.discard_and_close();
      for (const std::string& text : sink.sent) {
        if (text.starts_with("0{")) {
          pid = text.substr(text.find("\"pid\":\"") + 7, 20);
        } else {
          const auto begin = text.rfind(",\"") + 2;
          offset = text.substr(begin, text.size() - begin - 2);
        }
      }
      for (const int number : numbers(sink.sent, "e")) {
        received.push_back(number);
      }
    });
    connect = R"(0{"pid":")" + pid + R"(","offset":")" + offset + R"("})";
  }
  stop = true;
  sender.join();
  REQUIRE_FALSE(received.empty());
  std::vector<int> expected;
  for (int i = received.front(); i <= received.back(); ++i) {
    expected.push_back(i);
  }
  CHECK(received == expected);
}
