#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "engineio/net/batch_sender.hpp"
#include "engineio/net/connection.hpp"
#include "engineio/net/loop.hpp"
#include "engineio/options.hpp"

namespace engineio::net {

/// The connections of one loop: makes, owns, flushes and destroys them, and holds what they share.
class Connections final : private TurnEndWork {
 public:
  /// Takes a connection to another shard. False: there was no room, and it is closed.
  using Handover = std::function<bool(unsigned shard, Incoming incoming)>;

  Connections(Loop& loop, const Limits& limits, const ConnectionFactory& factory,
              Handover hand_over, bool io_uring);
  ~Connections();

  /// Makes a connection and its receiver, and gives it the bytes that came with it.
  void add(Incoming incoming);

  /// Ends all connections, and destroys them at the end of the turn.
  void stop();

  // For Connection

  [[nodiscard]] Loop& loop() noexcept { return loop_; }
  [[nodiscard]] const Limits& limits() const noexcept { return limits_; }

  void flush_later(Connection& connection);
  void destroy_later(Connection& connection);
  bool hand_over(unsigned shard, Incoming incoming) {
    return hand_over_(shard, std::move(incoming));
  }

  /// What one read takes at most.
  static constexpr std::size_t read_size = 64 * 1024;

  /// Free in front of buffer(), for a JoinedInput.
  static constexpr std::size_t headroom = 32 * 1024;

  /// To receive or decrypt into.
  [[nodiscard]] std::span<char> buffer() noexcept {
    return std::span(buffers_->plain).subspan(headroom);
  }

  /// To receive into what is to be decrypted.
  [[nodiscard]] std::span<char> encrypted_buffer() noexcept { return buffers_->encrypted; }

 private:
  /// Fewer connections are flushed one by one: a batch costs a system call more.
  static constexpr std::size_t smallest_batch = 4;

  struct Buffers {
    std::array<char, headroom + read_size> plain;
    std::array<char, read_size> encrypted;
  };

  void at_turn_end() override;
  void flush_in_batch(std::span<Connection* const> connections, BatchSender& batch);
  [[nodiscard]] BatchSender* find_batch();
  void destroy(Connection& connection) noexcept;

  Loop& loop_;
  const Limits& limits_;
  const ConnectionFactory& factory_;
  Handover hand_over_;
  std::unique_ptr<Buffers> buffers_;
  bool use_io_uring_;  // as soon as there is enough to send
  std::unique_ptr<BatchSender> batch_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<Connection*> to_flush_;
};

}  // namespace engineio::net
