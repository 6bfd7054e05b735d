#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "engineio/message.hpp"
#include "engineio/options.hpp"
#include "engineio/protocol/packet.hpp"

namespace engineio::core {

/// A packet on its way out. Types other than `message` are text Messages made by Message::control.
struct OutgoingPacket {
  Message message;
  bool compress = true;
};

class Transport;

/// What a transport tells the session that it carries. Any of these may end the session, which
/// detaches from its transport: a transport looks whether it still has a session before it goes on.
class TransportObserver {
 public:
  /// `data` is mutable and valid during the call.
  virtual void on_packet(Transport& transport, const protocol::Packet& packet,
                         std::span<char> data) = 0;
  virtual void on_parse_error(Transport& transport) = 0;
  virtual void on_transport_error(Transport& transport, std::string_view description) = 0;
  virtual void on_transport_close(Transport& transport) = 0;

  /// The transport takes packets again.
  virtual void on_transport_ready(Transport& transport) = 0;

 protected:
  ~TransportObserver() = default;
};

/// What carries the packets of a session at the moment (Engine.IO protocol, section "Transports").
class Transport {
 public:
  virtual ~Transport() = default;

  [[nodiscard]] virtual TransportName name() const noexcept = 0;

  /// Whether send() may be called: always for WebSocket, while a poll waits for polling.
  [[nodiscard]] virtual bool ready() const noexcept = 0;

  /// Whether a packet sent now would have nothing in front of it.
  [[nodiscard]] virtual bool idle() const noexcept = 0;

  [[nodiscard]] virtual std::size_t queued_bytes() const noexcept = 0;

  virtual void send(std::span<const OutgoingPacket> packets) = 0;

  /// Ends the transport in its own way. True when that is done as far as the session is concerned;
  /// otherwise on_transport_close() follows.
  [[nodiscard]] virtual bool close() = 0;

  /// Ends the transport without waiting for anything; its observer hears nothing any more.
  virtual void detach_and_close() = 0;
};

}  // namespace engineio::core
