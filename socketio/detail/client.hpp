#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engineio/session.hpp"
#include "engineio/timers.hpp"
#include "engineio/token_bucket.hpp"
#include "socketio/broadcast_operator.hpp"
#include "socketio/detail/outgoing.hpp"
#include "socketio/packet.hpp"
#include "socketio/parser.hpp"
#include "socketio/socket.hpp"

namespace socketio::detail {

class ConnectAttempt;
class ServerCore;
struct ShardContext;

/// One Engine.IO session: takes its messages apart and hands the packets to the sockets of their
/// namespaces. On the session's shard.
///
/// It lives as long as a socket of it does, and so may outlive the session.
class Client : public std::enable_shared_from_this<Client> {
 public:
  Client(ServerCore& core, ShardContext& context, engineio::Session& session);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  [[nodiscard]] ServerCore& core() const noexcept { return core_; }
  [[nodiscard]] ShardContext& context() const noexcept { return context_; }
  /// nullptr once the connection has closed.
  [[nodiscard]] engineio::Session* session() const noexcept { return session_; }
  [[nodiscard]] unsigned protocol() const noexcept { return protocol_; }
  [[nodiscard]] engineio::TransportName transport() const noexcept;
  /// Whether packets still reach the client.
  [[nodiscard]] bool is_open() const noexcept {
    return session_ != nullptr && session_->state() == engineio::Session::State::open;
  }

  void start();
  void on_message(engineio::MessageKind kind, std::span<char> payload);
  void on_drain() {
    if (watches_drain_) {
      tell_drained();
    }
  }
  void on_close(std::string_view reason, std::string_view description);

  void send(const OutgoingPacket& packet, EmitFlags flags);
  void send(const PacketHeader& header, PayloadWriter payload);

  /// Closes the connection after what was sent before. Its sockets leave with `forced close`, or
  /// `forced server close` where the transport cannot be closed at once.
  void close();
  /// All sockets leave, in the order in which they joined; then close().
  void disconnect_all();
  /// Server::close().
  void shut_down();

  /// A socket wants to know.
  void watch_drain() noexcept { watches_drain_ = true; }

  /// An attempt has ended with a socket, or without.
  void on_connected(ConnectAttempt& attempt, std::shared_ptr<Socket> socket);
  void on_refused(ConnectAttempt& attempt);
  /// A socket has left. Packets for it that came in the same turn are not an error.
  void forget(Socket& socket);

 private:
  struct Entry {
    std::shared_ptr<Socket> socket;
    bool left = false;  // in this turn
  };

  /// What a client does without while it is idle and no limit is set on its events.
  struct Watch {
    engineio::Timer attachments;
    engineio::Clock::time_point attachment_due;
    engineio::TokenBucket events;
  };

  void on_packet(const Packet& packet);
  void begin_connect(std::string_view nsp, Value auth);
  void fail(std::string_view error);
  void expect_attachment();
  void watch_attachments();
  [[nodiscard]] bool limits_events() const noexcept;
  [[nodiscard]] bool is_flooding(PacketType type);
  void on_flood();
  [[nodiscard]] Watch& watch();
  void tell_drained();
  void finish(std::string_view reason, std::string_view description);
  void start_connect_timer();
  void forget_attempt(ConnectAttempt& attempt);
  void sweep();
  [[nodiscard]] Entry* find(std::string_view nsp) noexcept;
  [[nodiscard]] bool is_connecting(std::string_view nsp) const noexcept;

  ServerCore& core_;
  ShardContext& context_;
  engineio::Session* session_;
  std::vector<Entry> sockets_;  // in the order in which they joined
  std::vector<std::shared_ptr<ConnectAttempt>> attempts_;
  std::unique_ptr<PartialPacket> partial_;
  std::unique_ptr<engineio::Timer> connect_timer_;  // until the first namespace is joined
  std::unique_ptr<Watch> watch_;
  unsigned protocol_;
  engineio::TransportName last_transport_;
  bool closing_ = false;
  bool sweeping_ = false;
  bool watches_drain_ = false;
};

}  // namespace socketio::detail
