#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engineio/core/counters.hpp"
#include "engineio/core/heartbeat.hpp"
#include "engineio/core/polling_transport.hpp"
#include "engineio/core/transport.hpp"
#include "engineio/core/websocket_transport.hpp"
#include "engineio/net/address_count.hpp"
#include "engineio/session.hpp"

namespace engineio::core {

class EngineSession;

/// Where sessions are registered.
class SessionRegistry {
 public:
  /// The session has ended; it is to be destroyed at the end of the turn.
  virtual void on_session_closed(EngineSession& session) = 0;

 protected:
  ~SessionRegistry() = default;
};

/// Where a session lives.
struct SessionHome {
  Shard& shard;
  SessionRegistry& registry;
  ShardResources& resources;
  Counters& counters;
};

/// The state machine of one client (Engine.IO protocol): heartbeat, packets in both directions, the
/// upgrade from polling to WebSocket, and all the ways to end.
class EngineSession final : public Session,
                            private TransportObserver,
                            private HeartbeatObserver,
                            private TurnEndWork {
 public:
  /// `options` and what `home` refers to must outlive the session.
  EngineSession(const Options& options, const SessionHome& home, std::string id, unsigned protocol,
                HttpRequest handshake);
  ~EngineSession() override;

  /// The session's place among those of its client, given back when the session ends.
  void keep(net::AddressCount::Place place) noexcept { place_ = std::move(place); }

  // How a session begins: exactly one of these, then open().
  void attach_polling(PollingSettings settings, PollingRequest request);
  void attach_websocket(WebSocketTransport& transport);

  /// Sends the open packet, then asks `acceptor` for the handler. `acceptor` must outlive the
  /// session.
  void open(const SessionAcceptor& acceptor);

  /// The same, a little later.
  void open_after(Clock::duration delay, const SessionAcceptor& acceptor);

  /// The polling transport; null once the session has upgraded or when it never polled.
  [[nodiscard]] PollingTransport* polling() noexcept { return polling_.get(); }

  /// A WebSocket that wants to take over from polling. False: there is an upgrade already, or the
  /// session was never on polling; the WebSocket is to be closed.
  [[nodiscard]] bool begin_upgrade(WebSocketTransport& candidate);

  [[nodiscard]] std::string_view id() const noexcept override { return id_; }
  [[nodiscard]] unsigned protocol() const noexcept override { return protocol_; }
  [[nodiscard]] TransportName transport() const noexcept override { return transport_->name(); }
  [[nodiscard]] State state() const noexcept override { return state_; }
  [[nodiscard]] const HttpRequest& handshake() const noexcept override { return handshake_; }
  [[nodiscard]] Shard& shard() noexcept override { return shard_; }
  void send(const Message& message, bool compress) override;
  [[nodiscard]] bool writable() const noexcept override;
  [[nodiscard]] std::size_t queued_bytes() const noexcept override;
  void close() override;
  void discard_and_close() override;

 private:
  struct Upgrade {
    WebSocketTransport* candidate;
    bool probed = false;
    Timer timeout;
  };

  void on_packet(Transport& transport, const protocol::Packet& packet,
                 std::span<char> data) override;
  void on_parse_error(Transport& transport) override;
  void on_transport_error(Transport& transport, std::string_view description) override;
  void on_transport_close(Transport& transport) override;
  void on_transport_ready(Transport& transport) override;
  void on_ping_due() override;
  void on_heartbeat_lost() override;
  void at_turn_end() override;

  [[nodiscard]] bool is_candidate(const Transport& transport) const noexcept;
  void on_message(const protocol::Packet& packet, std::span<char> data);
  void on_candidate_packet(const protocol::Packet& packet);
  void answer_polls_while_upgrading();
  void finish_upgrade();
  void abandon_upgrade();

  void enqueue(OutgoingPacket packet);
  void flush();
  void close_transport();
  void end(CloseReason reason, std::string_view description);

  const Options& options_;
  Shard& shard_;
  SessionRegistry& registry_;
  ShardResources& resources_;
  Counters& counters_;
  std::unique_ptr<SessionHandler> handler_;
  Transport* transport_ = nullptr;
  std::unique_ptr<PollingTransport> polling_;
  std::unique_ptr<Upgrade> upgrade_;
  std::unique_ptr<Timer> opening_;
  std::vector<OutgoingPacket> buffer_;  // waits for the transport
  std::size_t buffered_bytes_ = 0;
  std::string id_;
  HttpRequest handshake_;
  net::AddressCount::Place place_;
  Heartbeat heartbeat_;
  State state_ = State::opening;
  std::uint8_t protocol_;
};

}  // namespace engineio::core
