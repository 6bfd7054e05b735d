#include "engineio/core/engine_session.hpp"

#include "engineio/core/config.hpp"
#include "engineio/protocol/handshake.hpp"

namespace engineio::core {

namespace {

// More than this is not kept for the next burst once a buffer has been emptied.
constexpr std::size_t kept_buffer_capacity = 16;

const Message& ping_message() {
  thread_local const Message message = Message::control('2');
  return message;
}

const Message& noop_message() {
  thread_local const Message message = Message::control('6');
  return message;
}

}  // namespace

EngineSession::EngineSession(const Options& options, const SessionHome& home, std::string id,
                             unsigned protocol, HttpRequest handshake)
    : options_(options),
      shard_(home.shard),
      registry_(home.registry),
      resources_(home.resources),
      counters_(home.counters),
      id_(std::move(id)),
      handshake_(std::move(handshake)),
      heartbeat_(home.shard, *this, protocol, options.ping_interval, options.ping_timeout),
      protocol_(static_cast<std::uint8_t>(protocol)) {}

EngineSession::~EngineSession() { shard_.withdraw(*this); }

void EngineSession::attach_polling(PollingSettings settings, PollingRequest request) {
  counters_.polling_sessions.add();
  TransportObserver& observer = *this;
  polling_ = std::make_unique<PollingTransport>(options_, shard_, resources_, std::move(settings),
                                                observer);
  transport_ = polling_.get();
  polling_->on_poll(std::move(request));
}

void EngineSession::attach_websocket(WebSocketTransport& transport) {
  transport_ = &transport;
  transport.set_observer(*this);
}

void EngineSession::open(const SessionAcceptor& acceptor) {
  state_ = State::open;
  std::string data;
  protocol::append_open_data(data,
                             {.sid = id_,
                              .websocket_upgrade = transport_->name() == TransportName::polling &&
                                                   options_.allow_upgrades &&
                                                   is_enabled(options_, TransportName::websocket),
                              .ping_interval = options_.ping_interval,
                              .ping_timeout = options_.ping_timeout,
                              .max_payload = options_.max_http_buffer_size});
  buffer_.push_back({Message::control('0', data)});
  if (options_.initial_packet) {
    buffer_.push_back({Message::text(*options_.initial_packet)});
  }
  flush();
  heartbeat_.start();
  counters_.sessions_opened.add();
  handler_ = acceptor(*this);
  if (handler_ && state_ == State::closed) {
    handler_->on_close(CloseReason::forced_close, "");
  }
}

void EngineSession::open_after(Clock::duration delay, const SessionAcceptor& acceptor) {
  opening_ = std::make_unique<Timer>();
  shard_.timers().start(*opening_, shard_.now() + delay, [this, &acceptor] { open(acceptor); });
}

// --- From the peer ------------------------------------------------------------------------------

void EngineSession::on_packet(Transport& transport, const protocol::Packet& packet,
                              std::span<char> data) {
  if (is_candidate(transport)) {
    on_candidate_packet(packet);
    return;
  }
  if (state_ != State::open) {
    return;
  }
  switch (packet.type) {
    case protocol::PacketType::ping:
      if (!heartbeat_.on_ping()) {
        end(CloseReason::transport_error, "invalid heartbeat direction");
      } else {
        enqueue({Message::control('3')});
      }
      return;
    case protocol::PacketType::pong:
      if (!heartbeat_.on_pong()) {
        end(CloseReason::transport_error, "invalid heartbeat direction");
      }
      return;
    case protocol::PacketType::message:
      heartbeat_.on_other_packet();
      on_message(packet, data);
      return;
    default:
      heartbeat_.on_other_packet();
      return;
  }
}

void EngineSession::on_message(const protocol::Packet& packet, std::span<char> data) {
  counters_.messages_received.add();
  counters_.bytes_received.add(data.size());
  if (handler_) {
    handler_->on_message(packet.binary ? MessageKind::binary : MessageKind::text, data);
  }
}

void EngineSession::on_parse_error(Transport& transport) {
  if (is_candidate(transport)) {
    abandon_upgrade();
  } else if (state_ == State::open) {
    end(CloseReason::parse_error, "");
  }
}

void EngineSession::on_transport_error(Transport& transport, std::string_view description) {
  if (is_candidate(transport)) {
    abandon_upgrade();
  } else {
    end(CloseReason::transport_error, description);
  }
}

void EngineSession::on_transport_close(Transport& transport) {
  if (is_candidate(transport)) {
    abandon_upgrade();
  } else if (state_ == State::closing) {
    end(CloseReason::forced_close, "");
  } else {
    end(CloseReason::transport_close, "");
  }
}

void EngineSession::on_transport_ready(Transport& transport) {
  if (&transport != transport_ || state_ == State::opening) {
    return;
  }
  if (!buffer_.empty()) {
    flush();
  } else if (upgrade_ && upgrade_->probed) {
    answer_polls_while_upgrading();
  }
  if (handler_ && state_ == State::open) {
    handler_->on_drain();
  }
}

void EngineSession::on_ping_due() {
  if (state_ == State::open) {
    enqueue({ping_message()});
  }
}

void EngineSession::on_heartbeat_lost() { end(CloseReason::ping_timeout, ""); }

// --- Upgrade (Engine.IO protocol, section "Upgrade") ---------------------------------------------

bool EngineSession::begin_upgrade(WebSocketTransport& candidate) {
  if (!polling_ || upgrade_ || state_ == State::closed) {
    return false;
  }
  candidate.set_observer(*this);
  upgrade_ = std::make_unique<Upgrade>();
  upgrade_->candidate = &candidate;
  shard_.timers().start(upgrade_->timeout, shard_.precise_now() + options_.upgrade_timeout,
                        [this] { abandon_upgrade(); });
  return true;
}

bool EngineSession::is_candidate(const Transport& transport) const noexcept {
  return upgrade_ && &transport == upgrade_->candidate;
}

void EngineSession::on_candidate_packet(const protocol::Packet& packet) {
  if (packet.type == protocol::PacketType::ping && packet.data == "probe") {
    const OutgoingPacket pong{Message::control('3', "probe")};
    upgrade_->candidate->send({&pong, 1});
    upgrade_->probed = true;
    answer_polls_while_upgrading();
  } else if (packet.type == protocol::PacketType::upgrade) {
    finish_upgrade();
  } else {
    abandon_upgrade();
  }
}

// The client stops polling before it sends the upgrade packet, so the poll that waits must end.
void EngineSession::answer_polls_while_upgrading() {
  if (buffer_.empty() && transport_->ready()) {
    const OutgoingPacket noop{noop_message()};
    transport_->send({&noop, 1});
  }
}

void EngineSession::finish_upgrade() {
  transport_->detach_and_close();
  counters_.polling_sessions.subtract();
  // It may be further up the call stack.
  shard_.after_turn([old = std::shared_ptr<PollingTransport>(std::move(polling_))] {});
  transport_ = upgrade_->candidate;
  upgrade_.reset();
  const bool something_waits = !buffer_.empty();
  flush();
  if (state_ == State::closing) {
    close_transport();
  } else if (handler_ && !something_waits) {
    handler_->on_drain();  // the poll that would have said it does not come any more
  }
}

void EngineSession::abandon_upgrade() {
  WebSocketTransport* candidate = upgrade_->candidate;
  upgrade_.reset();
  candidate->detach_and_close();
}

// --- To the peer --------------------------------------------------------------------------------

void EngineSession::send(const Message& message, bool compress) {
  if (state_ == State::closing || state_ == State::closed) {
    return;
  }
  counters_.messages_sent.add();
  counters_.bytes_sent.add(message.payload().size());
  enqueue({message, compress});
}

// A packet leaves at once if the transport takes it: over WebSocket into the stream, which gathers
// until the end of the turn; over polling as the answer to the poll that waits, alone, as in Node.
void EngineSession::enqueue(OutgoingPacket packet) {
  const std::size_t size = packet.message.payload().size();
  if (queued_bytes() + size > options_.limits.outgoing_queue_bytes) {
    shard_.at_turn_end(*this);
    return;
  }
  if (buffer_.empty() && transport_->ready()) {
    transport_->send({&packet, 1});
    return;
  }
  buffered_bytes_ += size;
  buffer_.push_back(std::move(packet));
}

// Not from inside send(), whose caller may be in the middle of a broadcast.
void EngineSession::at_turn_end() { end(CloseReason::transport_error, "outgoing queue is full"); }

void EngineSession::flush() {
  if (buffer_.empty() || state_ == State::closed || !transport_->ready()) {
    return;
  }
  transport_->send(buffer_);
  buffer_.clear();
  buffered_bytes_ = 0;
  if (buffer_.capacity() > kept_buffer_capacity) {
    buffer_.shrink_to_fit();
  }
  if (state_ == State::closing && !upgrade_) {
    close_transport();
  }
}

bool EngineSession::writable() const noexcept {
  return state_ == State::open && buffer_.empty() && transport_->ready() && transport_->idle();
}

std::size_t EngineSession::queued_bytes() const noexcept {
  return buffered_bytes_ + transport_->queued_bytes();
}

// --- Ends ---------------------------------------------------------------------------------------

void EngineSession::close() {
  if (state_ != State::open) {
    return;
  }
  state_ = State::closing;
  if (buffer_.empty()) {
    close_transport();
  } else {
    flush();
  }
}

void EngineSession::discard_and_close() {
  if (state_ != State::closed) {
    end(CloseReason::forced_close, "");
  }
}

void EngineSession::close_transport() {
  if (transport_->close()) {
    end(CloseReason::forced_close, "");
  }
}

void EngineSession::end(CloseReason reason, std::string_view description) {
  if (state_ == State::closed) {
    return;
  }
  state_ = State::closed;
  opening_.reset();
  heartbeat_.stop();
  buffer_.clear();
  buffered_bytes_ = 0;
  transport_->detach_and_close();
  if (upgrade_) {
    abandon_upgrade();
  }
  if (handler_) {
    handler_->on_close(reason, description);
  }
  if (polling_) {
    counters_.polling_sessions.subtract();
  }
  place_.reset();
  registry_.on_session_closed(*this);
}

}  // namespace engineio::core
