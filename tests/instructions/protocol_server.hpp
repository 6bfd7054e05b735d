#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engineio/core/engine.hpp"
#include "engineio/http/connection.hpp"
#include "engineio/http/date.hpp"
#include "engineio/net/byte_stream.hpp"
#include "engineio/net/output_queue.hpp"
#include "engineio/net/turn_end.hpp"
#include "engineio/shard.hpp"
#include "socketio/detail/server_core.hpp"
#include "socketio/namespace.hpp"

namespace instructions {

// Unlike the fakes of the unit tests, which are there to find mistakes, these cost as little as a
// connection and a loop that make no system call.

/// A shard whose turns are ended by hand. No time passes.
class TurnShard final : public engineio::Shard {
 public:
  [[nodiscard]] unsigned index() const noexcept override { return 0; }
  [[nodiscard]] bool is_current() const noexcept override { return true; }
  [[nodiscard]] engineio::Clock::time_point now() const noexcept override { return now_; }
  [[nodiscard]] engineio::Clock::time_point precise_now() const noexcept override { return now_; }
  [[nodiscard]] engineio::Timers& timers() noexcept override { return timers_; }
  using Shard::post;
  bool post(engineio::Task task, std::size_t) override { return post_essential(std::move(task)); }
  bool post_essential(engineio::Task task) override;
  void at_turn_end(engineio::TurnEndWork& work) override { turn_end_.add(work); }
  void withdraw(engineio::TurnEndWork& work) noexcept override { turn_end_.withdraw(work); }
  void after_turn(engineio::Task task) override { after_turn_.push_back(std::move(task)); }

  void end_turn();

 private:
  engineio::Clock::time_point now_{std::chrono::hours(1)};
  engineio::Timers timers_;
  engineio::TurnEnd turn_end_;
  std::vector<engineio::Task> posted_;
  std::vector<engineio::Task> after_turn_;
};

/// A connection whose peer takes all that it is sent at the end of the turn.
class Peer final : public engineio::net::ByteStream, private engineio::TurnEndWork {
 public:
  explicit Peer(TurnShard& shard) : shard_(shard) {}
  ~Peer() override { shard_.withdraw(*this); }

  /// The peer sends. The bytes are overwritten.
  void send(std::span<char> bytes);
  /// The peer goes.
  void leave();

  void set_receiver(std::unique_ptr<engineio::net::StreamReceiver> receiver) override;
  void write(engineio::Slice slice) override;
  [[nodiscard]] std::size_t queued_bytes() const noexcept override { return output_.bytes(); }
  [[nodiscard]] std::uint64_t written_bytes() const noexcept override { return written_; }
  void close() override {}
  void abort() override {}
  void pause_reading() override {}
  void resume_reading() override {}
  void migrate(unsigned, std::string) override {}
  [[nodiscard]] const std::string& remote_address() const noexcept override { return address_; }
  [[nodiscard]] bool secure() const noexcept override { return false; }

 private:
  void at_turn_end() override;

  TurnShard& shard_;
  std::unique_ptr<engineio::net::StreamReceiver> receiver_;
  engineio::net::OutputQueue output_;
  std::uint64_t written_ = 0;
  std::string address_ = "::ffff:127.0.0.1";
};

/// A whole server, from the bytes of a connection to the handlers and back.
class ProtocolServer {
 public:
  explicit ProtocolServer(engineio::Options engine = {}, socketio::Options options = {});
  ~ProtocolServer();

  [[nodiscard]] socketio::Namespace& io() { return core_.main_namespace(); }

  /// A new connection.
  Peer& connect();
  /// A client that has joined the main namespace over WebSocket.
  Peer& join();
  /// Forgets all connections, which end.
  void disconnect_all();

  void end_turn() { shard_.end_turn(); }
  /// The id of one of the Engine.IO sessions.
  [[nodiscard]] std::string session_id();

 private:
  TurnShard shard_;
  socketio::detail::ServerCore core_;
  engineio::core::Config config_;
  engineio::core::Engine engine_;
  engineio::http::DateClock date_;
  engineio::http::ConnectionContext http_;
  std::vector<std::unique_ptr<Peer>> peers_;
};

/// What a client sends to open a WebSocket session.
inline constexpr std::string_view websocket_request =
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\n"
    "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

}  // namespace instructions
