#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <string_view>

#include "socketio/namespace.hpp"
#include "socketio/socket.hpp"
#include "tests/alloc/allocations.hpp"
#include "tests/socketio/world.hpp"

using namespace socketio;
using tests::count_allocations;
using tests::World;

namespace {

/// A session that forgets what it is sent.
class Sink final : public engineio::Session {
 public:
  explicit Sink(engineio::Shard& shard) : shard_(shard) {}

  [[nodiscard]] std::string_view id() const noexcept override { return "id"; }
  [[nodiscard]] unsigned protocol() const noexcept override { return 4; }
  [[nodiscard]] engineio::TransportName transport() const noexcept override {
    return engineio::TransportName::websocket;
  }
  [[nodiscard]] State state() const noexcept override { return State::open; }
  [[nodiscard]] const engineio::HttpRequest& handshake() const noexcept override {
    return request_;
  }
  [[nodiscard]] engineio::Shard& shard() noexcept override { return shard_; }
  void send(const engineio::Message&, bool) override { ++sent; }
  [[nodiscard]] bool writable() const noexcept override { return true; }
  [[nodiscard]] std::size_t queued_bytes() const noexcept override { return 0; }
  void close() override {}
  void discard_and_close() override {}

  std::unique_ptr<engineio::SessionHandler> handler;
  std::size_t sent = 0;

 private:
  engineio::Shard& shard_;
  engineio::HttpRequest request_;
};

struct Fixture {
  ~Fixture() {
    for (auto& sink : sinks) {
      sink->handler->on_close(engineio::CloseReason::transport_close, "");
    }
    world.settle();
  }

  Sink& join() {
    Sink& sink = *sinks.emplace_back(std::make_unique<Sink>(*world.shards[0]));
    sink.handler = world.core.accept(sink);
    receive(sink, "0");
    world.settle();
    return sink;
  }

  /// Allocations of the second of two times, when memory is reused.
  std::size_t receive(Sink& sink, std::string_view packet) {
    std::size_t allocations = 0;
    for (int i = 0; i < 2; ++i) {
      std::string text(packet);
      allocations =
          count_allocations([&] { sink.handler->on_message(engineio::MessageKind::text, text); });
      if (packet == "0") {
        break;
      }
    }
    return allocations;
  }

  World world;
  std::vector<std::unique_ptr<Sink>> sinks;
};

/// The bytes of what is sent, shared by all receivers.
constexpr std::size_t one_message = 1;

}  // namespace

TEST_CASE("an event costs no allocation, its answer one for the bytes that are sent") {
  Fixture f;
  int sum = 0;
  f.world.io().handle(
      "note", [&](int n, std::string_view text) { sum += n + static_cast<int>(text.size()); });
  f.world.io().handle("add", [](int a, int b) { return a + b; });
  Sink& sink = f.join();
  CHECK(f.receive(sink, R"(2["note",1,"a text that is too long for a small string"])") == 0);
  CHECK(f.receive(sink, R"(2["unknown",{"a":[1,2,3]}])") == 0);
  CHECK(f.receive(sink, R"(21["add",1,2])") == one_message);
  CHECK(sink.sent == 3);
  CHECK(sum == 2 * (1 + 42));
}

TEST_CASE("a broadcast costs the same whatever the number of receivers") {
  Fixture f;
  std::size_t allocations = 0;
  for (const std::size_t receivers : {1U, 100U}) {
    while (f.sinks.size() < receivers) {
      f.join();
    }
    f.world.io().emit("news", 1);
    const std::size_t now = count_allocations([&] { f.world.io().emit("news", 1); });
    CHECK((allocations == 0 || allocations == now));
    CHECK(now == one_message);
    allocations = now;
  }
}
