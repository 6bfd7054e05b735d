#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engineio/core/transport.hpp"
#include "engineio/net/byte_stream.hpp"
#include "engineio/shard.hpp"
#include "engineio/websocket/frame_decoder.hpp"
#include "engineio/websocket/message_compression.hpp"

namespace engineio::core {

struct WebSocketSettings {
  protocol::Version version = protocol::Version::v4;
  bool base64 = false;  ///< the client asked for binary data as text (`b64`)
  std::chrono::milliseconds close_timeout{30'000};
};

/// Engine.IO over a WebSocket connection: one packet per message. Owned by its stream, so it
/// outlives its session for the time of the closing handshake (RFC 6455 section 7).
class WebSocketTransport final : public Transport, public net::StreamReceiver {
 public:
  /// `limits` must outlive the transport. `compression` is null unless permessage-deflate was
  /// negotiated.
  WebSocketTransport(net::ByteStream& stream, Shard& shard, const WebSocketSettings& settings,
                     const websocket::DecoderLimits& limits,
                     std::unique_ptr<websocket::MessageCompression> compression);
  ~WebSocketTransport() override;

  void set_observer(TransportObserver& observer) noexcept { observer_ = &observer; }

  [[nodiscard]] TransportName name() const noexcept override { return TransportName::websocket; }
  [[nodiscard]] bool ready() const noexcept override { return !closing_; }
  [[nodiscard]] bool idle() const noexcept override { return stream_.queued_bytes() == 0; }
  [[nodiscard]] std::size_t queued_bytes() const noexcept override {
    return stream_.queued_bytes();
  }
  void send(std::span<const OutgoingPacket> packets) override;
  [[nodiscard]] bool close() override;
  void detach_and_close() override;

  [[nodiscard]] std::size_t on_bytes(std::span<char> bytes) override;
  void on_drained() override;
  void on_end(net::StreamEnd end) override;

 private:
  void on_event(websocket::Event& event);
  void on_message(websocket::Event& event);
  bool decompress(websocket::Event& event, std::string& out);
  void on_ping(std::string_view payload);
  void on_close_frame(const websocket::Event& event);
  void fail(websocket::CloseCode code, std::string_view description);

  void send_message(const Message& message);
  void send_compressed(websocket::Opcode opcode, std::string_view content);
  void send_close_frame(websocket::CloseCode code);
  void write_frame(websocket::Opcode opcode, std::string_view payload);

  net::ByteStream& stream_;
  Shard& shard_;
  TransportObserver* observer_ = nullptr;  // null once detached
  std::unique_ptr<websocket::MessageCompression> compression_;
  std::unique_ptr<Timer> close_timer_;  // runs while the peer's close frame is awaited
  std::unique_ptr<std::string> late_pong_;
  websocket::FrameDecoder decoder_;
  std::chrono::milliseconds close_timeout_;
  std::uint64_t max_message_size_;
  protocol::Version version_;
  bool base64_;
  bool closing_ = false;  // our close frame is out
};

}  // namespace engineio::core
