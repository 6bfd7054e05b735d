#include "engineio/core/websocket_transport.hpp"

#include "engineio/protocol/utf8.hpp"

namespace engineio::core {

namespace {

std::span<char> part_of(std::span<char> whole, std::string_view part) {
  return whole.subspan(static_cast<std::size_t>(part.data() - whole.data()), part.size());
}

}  // namespace

WebSocketTransport::WebSocketTransport(net::ByteStream& stream, Shard& shard,
                                       const WebSocketSettings& settings,
                                       const websocket::DecoderLimits& limits,
                                       std::unique_ptr<websocket::MessageCompression> compression)
    : stream_(stream),
      shard_(shard),
      compression_(std::move(compression)),
      decoder_(limits, compression_ != nullptr),
      close_timeout_(settings.close_timeout),
      max_message_size_(limits.max_message_size),
      version_(settings.version),
      base64_(settings.base64) {}

WebSocketTransport::~WebSocketTransport() = default;

void WebSocketTransport::send(std::span<const OutgoingPacket> packets) {
  for (const OutgoingPacket& packet : packets) {
    send_message(packet.message);
  }
}

void WebSocketTransport::send_message(const Message& message) {
  const bool is_text = message.kind() == MessageKind::text;
  if (!compression_ && (is_text || (version_ == protocol::Version::v4 && !base64_))) {
    stream_.write(message.frame());
    return;
  }
  std::string converted;
  std::string_view content;
  auto opcode = websocket::Opcode::text;
  const protocol::Packet packet{protocol::PacketType::message, true, message.payload()};
  if (is_text) {
    content = message.text_packet();
  } else if (base64_) {
    protocol::append_text(converted, version_, packet);
    content = converted;
  } else {
    opcode = websocket::Opcode::binary;
    protocol::append_binary(converted, version_, packet);
    content = converted;
  }
  if (compression_) {
    send_compressed(opcode, content);
  } else {
    write_frame(opcode, content);
  }
}

void WebSocketTransport::send_compressed(websocket::Opcode opcode, std::string_view content) {
  std::string compressed;
  const bool worth_it = compression_->compress(content, compressed);
  const std::string_view payload = worth_it ? std::string_view(compressed) : content;
  char header[websocket::max_header_size];
  const std::size_t header_size =
      websocket::encode_header(opcode, true, worth_it, payload.size(), header);
  std::string frame(header, header_size);
  frame.append(payload);
  stream_.write(Slice::whole(Bytes::copy(frame)));
}

void WebSocketTransport::write_frame(websocket::Opcode opcode, std::string_view payload) {
  std::string frame;
  frame.reserve(websocket::max_header_size + payload.size());
  websocket::append_frame(frame, opcode, payload);
  stream_.write(Slice::whole(Bytes::copy(frame)));
}

void WebSocketTransport::send_close_frame(websocket::CloseCode code) {
  std::string frame;
  websocket::append_close_frame(frame, code);
  stream_.write(Slice::whole(Bytes::copy(frame)));
  closing_ = true;
}

bool WebSocketTransport::close() {
  detach_and_close();
  return true;
}

void WebSocketTransport::detach_and_close() {
  observer_ = nullptr;
  if (closing_) {
    return;
  }
  send_close_frame(websocket::close_code::none);
  close_timer_ = std::make_unique<Timer>();
  shard_.timers().start(*close_timer_, shard_.now() + close_timeout_, [this] { stream_.abort(); });
}

std::size_t WebSocketTransport::on_bytes(std::span<char> bytes) {
  const std::size_t size = bytes.size();
  for (auto event = decoder_.next(bytes); event.kind != websocket::Event::Kind::none;
       event = decoder_.next(bytes)) {
    on_event(event);
  }
  return size;
}

void WebSocketTransport::on_event(websocket::Event& event) {
  switch (event.kind) {
    case websocket::Event::Kind::text:
    case websocket::Event::Kind::binary:
      if (observer_ != nullptr) {
        on_message(event);
      }
      break;
    case websocket::Event::Kind::ping:
      on_ping(event.text());
      break;
    case websocket::Event::Kind::close:
      on_close_frame(event);
      break;
    case websocket::Event::Kind::error:
      fail(event.code, event.error);
      break;
    case websocket::Event::Kind::pong:
    case websocket::Event::Kind::none:
      break;
  }
}

void WebSocketTransport::on_message(websocket::Event& event) {
  std::string decompressed;
  if (event.compressed && !decompress(event, decompressed)) {
    return;
  }
  const auto packet = event.kind == websocket::Event::Kind::text
                          ? protocol::decode_text(version_, event.payload)
                          : protocol::decode_binary(version_, event.text());
  if (!packet) {
    observer_->on_parse_error(*this);
  } else if (packet->type == protocol::PacketType::close) {
    // Node ignores this one over WebSocket and waits for the ping timeout.
    TransportObserver& observer = *observer_;
    detach_and_close();
    observer.on_transport_close(*this);
  } else {
    observer_->on_packet(*this, *packet, part_of(event.payload, packet->data));
  }
}

bool WebSocketTransport::decompress(websocket::Event& event, std::string& out) {
  switch (compression_->decompress(event.text(), max_message_size_, out)) {
    case websocket::InflateResult::ok:
      break;
    case websocket::InflateResult::too_big:
      fail(websocket::close_code::too_big, "Max payload size exceeded");
      return false;
    case websocket::InflateResult::corrupt:
      fail(websocket::close_code::invalid_data, "invalid compressed data");
      return false;
  }
  event.payload = out;
  if (event.kind == websocket::Event::Kind::text && !protocol::is_valid_utf8(event.text())) {
    fail(websocket::close_code::invalid_data, "Invalid WebSocket frame: invalid UTF-8 sequence");
    return false;
  }
  return true;
}

// A peer that pings and does not read gets one pong for all its pings, not a queue of them.
void WebSocketTransport::on_ping(std::string_view payload) {
  if (closing_) {
    return;
  }
  if (stream_.queued_bytes() == 0) {
    write_frame(websocket::Opcode::pong, payload);
  } else {
    late_pong_ = std::make_unique<std::string>(payload);
  }
}

void WebSocketTransport::on_drained() {
  if (late_pong_ && !closing_) {
    write_frame(websocket::Opcode::pong, *late_pong_);
  }
  late_pong_.reset();
  if (observer_ != nullptr) {
    observer_->on_transport_ready(*this);
  }
}

void WebSocketTransport::on_close_frame(const websocket::Event& event) {
  if (!closing_) {
    send_close_frame(event.code);
  }
  close_timer_.reset();
  stream_.close();
  if (TransportObserver* observer = std::exchange(observer_, nullptr)) {
    observer->on_transport_close(*this);
  }
}

void WebSocketTransport::fail(websocket::CloseCode code, std::string_view description) {
  if (!closing_) {
    send_close_frame(code);
  }
  close_timer_.reset();
  stream_.close();
  if (TransportObserver* observer = std::exchange(observer_, nullptr)) {
    observer->on_transport_error(*this, description);
  }
}

void WebSocketTransport::on_end(net::StreamEnd) {
  if (TransportObserver* observer = std::exchange(observer_, nullptr)) {
    observer->on_transport_close(*this);
  }
}

}  // namespace engineio::core
