#include "engineio/core/polling_transport.hpp"

#include "engineio/http/compression.hpp"
#include "engineio/protocol/jsonp.hpp"
#include "engineio/protocol/payload.hpp"
#include "engineio/protocol/payload_v3.hpp"
#include "engineio/protocol/utf8.hpp"

namespace engineio::core {

namespace {

const OutgoingPacket& close_packet() {
  thread_local const OutgoingPacket packet{Message::control('1'), true};
  return packet;
}

const OutgoingPacket& noop_packet() {
  thread_local const OutgoingPacket packet{Message::control('6'), true};
  return packet;
}

bool is_octet_stream(const HttpRequest& request) {
  return request.headers.get("content-type") == "application/octet-stream";
}

protocol::Packet to_packet(const Message& message) {
  if (message.kind() == MessageKind::binary) {
    return {protocol::PacketType::message, true, message.payload()};
  }
  const auto type = static_cast<protocol::PacketType>(message.text_packet().front() - '0');
  return {type, false, message.payload()};
}

}  // namespace

PollingTransport::PollingTransport(const Options& options, Shard& shard, ShardResources& resources,
                                   PollingSettings settings, TransportObserver& observer)
    : options_(options),
      shard_(shard),
      resources_(resources),
      settings_(std::move(settings)),
      observer_(&observer) {}

PollingTransport::~PollingTransport() {
  observer_ = nullptr;
  if (poll_.exchange) {
    poll_.exchange->on_abort({});
  }
  if (data_.exchange) {
    data_.exchange->on_abort({});
  }
}

void PollingTransport::on_poll(PollingRequest request) {
  if (poll_.exchange) {
    refuse(request);
    fail("overlap from client");
    return;
  }
  request.exchange->on_abort([this] {
    poll_.exchange.reset();
    fail("poll connection closed prematurely");
  });
  poll_ = std::move(request);
  if (leave_) {
    leave();
    return;
  }
  if (close_timer_) {
    const OutgoingPacket packets[] = {noop_packet(), close_packet()};
    send(packets);
    close_timer_.reset();
    if (TransportObserver* observer = std::exchange(observer_, nullptr)) {
      observer->on_transport_close(*this);
    }
    return;
  }
  observer_->on_transport_ready(*this);
}

void PollingTransport::on_data(PollingRequest request) {
  if (leave_) {
    refuse(request);
    leave();
    return;
  }
  if (data_.exchange) {
    refuse(request);
    drop_data_request();
    fail("data request overlap from client");
    return;
  }
  if (settings_.version == protocol::Version::v4 && is_octet_stream(request.exchange->request())) {
    refuse(request);
    fail("invalid content");
    return;
  }
  data_ = std::move(request);
  data_.exchange->on_abort([this] {
    data_.exchange.reset();
    fail("data request connection closed prematurely");
  });
  data_.exchange->read_body(
      options_.max_http_buffer_size,
      [this](http::BodyEnd end, std::span<char> body) { on_body(end, body); });
}

void PollingTransport::on_body(http::BodyEnd end, std::span<char> body) {
  PollingRequest request = std::exchange(data_, {});
  request.exchange->on_abort({});
  if (end == http::BodyEnd::too_large) {
    request.exchange->respond(413, request.headers);
    return;
  }
  if (is_octet_stream(request.exchange->request())) {
    on_packets(protocol::BinaryPayloadV3Decoder(body), body);
  } else {
    on_payload(body);
  }
  if (leave_) {
    leave_->data = std::move(request);
  } else {
    accept(std::move(request));
  }
}

void PollingTransport::accept(PollingRequest request) {
  request.headers.add("Content-Type", "text/html");
  add_common_headers(request.headers, request.exchange->request());
  request.exchange->respond(200, request.headers, "ok");
}

void PollingTransport::on_payload(std::span<char> body) {
  std::string owned;
  const std::string_view text(body.data(), body.size());
  if (settings_.jsonp) {
    auto decoded = protocol::decode_jsonp_body(text);
    if (!decoded) {
      return;
    }
    owned = std::move(*decoded);
    body = owned;
  } else if (!protocol::is_valid_utf8(text)) {
    owned = text;
    protocol::sanitize_utf8(owned);
    body = owned;
  }
  if (settings_.version == protocol::Version::v4) {
    on_packets(protocol::PayloadDecoder(body), body);
  } else {
    on_packets(protocol::PayloadV3Decoder(body), body);
  }
}

template <class Decoder>
void PollingTransport::on_packets(Decoder decoder, std::span<char> body) {
  std::size_t count = 0;
  while (const auto packet = decoder.next()) {
    if (++count > options_.limits.packets_per_payload) {
      observer_->on_parse_error(*this);
      return;
    }
    if (packet->type == protocol::PacketType::close) {
      on_client_leaves();
      return;
    }
    const auto offset = static_cast<std::size_t>(packet->data.data() - body.data());
    observer_->on_packet(*this, *packet, body.subspan(offset, packet->data.size()));
    if (observer_ == nullptr) {
      return;
    }
  }
  if (decoder.failed()) {
    observer_->on_parse_error(*this);
  }
}

// The client's last poll came on another connection: it may be on its way through another shard,
// and is owed an answer. The POST is answered after it, so that whatever the client does next finds
// the session gone.
void PollingTransport::on_client_leaves() {
  if (ready()) {
    leave();
    return;
  }
  leave_ = std::make_unique<Leave>();
  shard_.timers().start(leave_->timeout, shard_.now() + options_.limits.last_poll_timeout,
                        [this] { leave(); });
}

void PollingTransport::leave() {
  if (ready()) {
    send({&noop_packet(), 1});
  }
  accept_leave();
  std::exchange(observer_, nullptr)->on_transport_close(*this);
}

void PollingTransport::accept_leave() {
  if (const auto leave = std::exchange(leave_, nullptr)) {
    accept(std::move(leave->data));
  }
}

void PollingTransport::refuse(PollingRequest& request) {
  request.exchange->respond(400, request.headers);
}

void PollingTransport::fail(std::string_view description) {
  if (observer_ != nullptr) {
    observer_->on_transport_error(*this, description);
  }
}

void PollingTransport::send(std::span<const OutgoingPacket> packets) {
  bool binary = false;
  bool compress = false;
  for (const OutgoingPacket& packet : packets) {
    compress = compress || packet.compress;
  }
  const std::string body = encode(packets, binary);
  answer_poll(body, binary, compress);
}

std::string PollingTransport::encode(std::span<const OutgoingPacket> packets, bool& binary) const {
  std::string body;
  const bool v3 = settings_.version == protocol::Version::v3;
  if (v3 && !settings_.base64 && !settings_.jsonp) {
    for (const OutgoingPacket& packet : packets) {
      binary = binary || packet.message.kind() == MessageKind::binary;
    }
  }
  for (const OutgoingPacket& outgoing : packets) {
    const protocol::Packet packet = to_packet(outgoing.message);
    if (binary) {
      protocol::append_binary_packet_v3(body, packet);
    } else if (v3) {
      protocol::append_packet_v3(body, packet);
    } else {
      protocol::append_packet(body, packet);
    }
  }
  return body;
}

void PollingTransport::answer_poll(std::string_view body, bool binary, bool compressible) {
  PollingRequest request = std::exchange(poll_, {});
  request.exchange->on_abort({});
  HttpHeaders& headers = request.headers;
  headers.add("Content-Type", binary ? "application/octet-stream" : "text/plain; charset=UTF-8");
  std::string script;
  if (settings_.jsonp) {
    protocol::append_jsonp(script, *settings_.jsonp, body);
    body = script;
  }
  if (compressible && options_.http_compression &&
      body.size() >= options_.http_compression->threshold) {
    const auto coding = http::negotiate_content_coding(request.exchange->request().headers);
    if (coding != http::ContentCoding::identity) {
      body = resources_.http_compressor.compress(coding, body);
      headers.add("Content-Encoding", http::content_coding_name(coding));
    }
  }
  add_common_headers(headers, request.exchange->request());
  request.exchange->respond(200, headers, body);
}

void PollingTransport::add_common_headers(HttpHeaders& headers, const HttpRequest& request) const {
  const auto agent = request.headers.get("user-agent").value_or("");
  if (agent.find(";MSIE") != agent.npos || agent.find("Trident/") != agent.npos) {
    headers.add("X-XSS-Protection", "0");
  }
  headers.add("cache-control", "no-store");
  if (options_.headers) {
    options_.headers(headers, request);
  }
}

void PollingTransport::drop_data_request() {
  if (const auto exchange = std::exchange(data_.exchange, nullptr)) {
    exchange->on_abort({});
    exchange->destroy();
  }
}

bool PollingTransport::close() {
  if (leave_) {
    leave();
    return false;
  }
  drop_data_request();
  if (ready()) {
    send({&close_packet(), 1});
    observer_ = nullptr;
    return true;
  }
  close_timer_ = std::make_unique<Timer>();
  shard_.timers().start(*close_timer_, shard_.now() + options_.limits.polling_close_timeout,
                        [this] {
                          if (TransportObserver* observer = std::exchange(observer_, nullptr)) {
                            observer->on_transport_close(*this);
                          }
                        });
  return false;
}

void PollingTransport::detach_and_close() {
  observer_ = nullptr;
  close_timer_.reset();
  accept_leave();
  drop_data_request();
  if (ready()) {
    send({&close_packet(), 1});
  }
}

}  // namespace engineio::core
