#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "socketio/socket.hpp"
#include "tests/instructions/benchmark.hpp"
#include "tests/instructions/protocol_server.hpp"

namespace instructions {
namespace {

/// An event to a room, until the frame has left on the connection of each member.
class Broadcast final : public Benchmark {
 public:
  explicit Broadcast(std::size_t members) : members_(members) {
    server_.io().on_connection([](socketio::Socket& socket) { socket.join("room"); });
    for (std::size_t i = 0; i < members; ++i) {
      peers_.push_back(&server_.join());
    }
  }

  void prepare() override { before_ = written(); }
  void run() override {
    server_.io().to("room").emit("news", std::string_view(text_));
    server_.end_turn();
  }
  [[nodiscard]] bool succeeded() const override {
    const std::size_t packet = std::string_view(R"(42["news",""])").size() + text_.size();
    const std::size_t header = 4;  // that of a frame of 126 bytes or more
    return written() - before_ == members_ * (header + packet);
  }

 private:
  [[nodiscard]] std::uint64_t written() const {
    std::uint64_t sum = 0;
    for (const Peer* peer : peers_) {
      sum += peer->written_bytes();
    }
    return sum;
  }

  const std::size_t members_;
  const std::string text_ = std::string(128, 'x');
  ProtocolServer server_;
  std::vector<Peer*> peers_;
  std::uint64_t before_ = 0;
};

/// A socket among a hundred, in ten rooms of its own making.
class Membership : public Benchmark {
 public:
  /// `shared`: all the others are in the room that it joins and leaves.
  explicit Membership(bool shared) {
    server_.io().on_connection([this, shared](socketio::Socket& socket) {
      if (shared) {
        socket.join(room_);
      }
      socket_ = &socket;
    });
    for (int i = 0; i < 100; ++i) {
      server_.join();
    }
    for (std::size_t i = 0; i < other_rooms; ++i) {
      socket_->join("room " + std::to_string(i));
    }
  }

 protected:
  void join() { socket_->join(room_); }
  void leave() { socket_->leave(room_); }
  [[nodiscard]] bool joined() const { return socket_->rooms().size() == 1 + other_rooms + 1; }

 private:
  static constexpr std::size_t other_rooms = 10;
  const std::string room_ = "one more room";
  ProtocolServer server_;
  socketio::Socket* socket_ = nullptr;
};

class Join final : public Membership {
 public:
  using Membership::Membership;

  void prepare() override { leave(); }
  void run() override { join(); }
  [[nodiscard]] bool succeeded() const override { return joined(); }
};

class Leave final : public Membership {
 public:
  using Membership::Membership;

  void prepare() override { join(); }
  void run() override { leave(); }
  [[nodiscard]] bool succeeded() const override { return !joined(); }
};

template <class RoomBenchmark, auto parameter>
std::unique_ptr<Benchmark> make() {
  return std::make_unique<RoomBenchmark>(parameter);
}

}  // namespace

std::vector<Entry> room_benchmarks() {
  return {{"broadcast_to_1", make<Broadcast, std::size_t{1}>},
          {"broadcast_to_100", make<Broadcast, std::size_t{100}>},
          {"broadcast_to_1000", make<Broadcast, std::size_t{1000}>},
          {"join_room", make<Join, true>},
          {"join_new_room", make<Join, false>},
          {"leave_room", make<Leave, true>},
          {"leave_room_last", make<Leave, false>}};
}

}  // namespace instructions
