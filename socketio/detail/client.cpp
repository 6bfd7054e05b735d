#include "socketio/detail/client.hpp"

#include <algorithm>
#include <utility>

#include "socketio/detail/connect_attempt.hpp"
#include "socketio/detail/handshake_builder.hpp"
#include "socketio/detail/server_core.hpp"
#include "socketio/detail/socket_access.hpp"

namespace socketio::detail {

Client::Client(ServerCore& core, ShardContext& context, engineio::Session& session)
    : core_(core),
      context_(context),
      session_(&session),
      protocol_(session.protocol()),
      last_transport_(session.transport()) {}

Client::~Client() = default;

engineio::TransportName Client::transport() const noexcept {
  return session_ != nullptr ? session_->transport() : last_transport_;
}

// --- Life ---------------------------------------------------------------------------------------

void Client::start() {
  context_.clients.insert(this);
  context_.counters.clients.add();
  start_connect_timer();
  if (protocol_ == protocol_of_v2_clients) {
    begin_connect("/", Value());
  }
}

void Client::start_connect_timer() {
  connect_timer_ = std::make_unique<engineio::Timer>();
  context_.shard.timers().start(
      *connect_timer_, context_.shard.now() + core_.options().connect_timeout, [this] { close(); });
}

void Client::close() {
  if (session_ == nullptr || closing_) {
    return;
  }
  closing_ = true;
  const auto keep = shared_from_this();
  session_->close();
  if (session_ != nullptr) {
    finish("forced server close", "");
  }
}

void Client::on_close(std::string_view reason, std::string_view description) {
  if (session_ != nullptr) {
    finish(reason, description);
  }
}

void Client::finish(std::string_view reason, std::string_view description) {
  const auto keep = shared_from_this();
  closing_ = true;
  connect_timer_.reset();
  partial_.reset();
  watch_.reset();
  for (const auto& attempt : std::exchange(attempts_, {})) {
    attempt->cancel();
  }
  // Leaving marks the entries and erases none of them.
  for (std::size_t i = 0; i < sockets_.size(); ++i) {
    SocketAccess::leave(*sockets_[i].socket, reason, description);
  }
  for (const Entry& entry : sockets_) {
    if (entry.socket.use_count() > 1) {
      SocketAccess::keep_handshake(*entry.socket);
    }
  }
  last_transport_ = session_->transport();
  session_ = nullptr;
  context_.clients.erase(this);
  context_.counters.clients.subtract();
  sweep();
}

void Client::disconnect_all() {
  const auto keep = shared_from_this();
  for (std::size_t i = 0; i < sockets_.size(); ++i) {
    sockets_[i].socket->disconnect();
  }
  close();
}

void Client::shut_down() {
  if (session_ == nullptr) {
    return;
  }
  const auto keep = shared_from_this();
  engineio::Session& session = *session_;
  finish("server shutting down", "");
  session.discard_and_close();
}

// --- From the client ----------------------------------------------------------------------------

void Client::on_message(engineio::MessageKind kind, std::span<char> payload) {
  if (session_ == nullptr || closing_) {
    return;
  }
  const DecodeResult result = core_.parser().decode(kind, payload, partial_, context_.scratch);
  switch (result.status) {
    case DecodeResult::Status::incomplete:
      return expect_attachment();
    case DecodeResult::Status::error:
      context_.counters.invalid_packets.add();
      return fail(result.error);
    case DecodeResult::Status::packet:
      context_.counters.packets_received.add();
      const engineio::MessageActivity activity(context_.shard.activity(), &result.packet);
      return on_packet(result.packet);
  }
}

void Client::on_packet(const Packet& packet) {
  if (limits_events() && is_flooding(packet.type)) {
    return on_flood();
  }
  const bool may_have_query = protocol_ == protocol_of_v2_clients;
  const std::string_view nsp = may_have_query ? without_query(packet.nsp) : packet.nsp;
  Entry* entry = find(nsp);
  if (packet.type == PacketType::connect && (entry == nullptr || entry->left)) {
    // A second CONNECT while the first waits for its middlewares is ignored.
    if (!is_connecting(nsp)) {
      begin_connect(packet.nsp, packet.data.is_object() ? packet.data.to_value() : Value());
    }
    return;
  }
  if (entry == nullptr || packet.type == PacketType::connect ||
      packet.type == PacketType::connect_error) {
    context_.counters.invalid_packets.add();
    close();
    return;
  }
  if (!entry->left) {
    SocketAccess::on_packet(*entry->socket, packet);
  }
}

void Client::begin_connect(std::string_view nsp, Value auth) {
  const std::size_t used = sockets_.size() + attempts_.size();
  if (used >= core_.options().limits.namespaces_per_connection) {
    close();
    return;
  }
  auto attempt = std::make_shared<ConnectAttempt>(shared_from_this(), nsp, std::move(auth));
  attempts_.push_back(attempt);
  attempt->start();
}

/// Tells the application and closes the connection.
void Client::fail(std::string_view error) {
  const auto keep = shared_from_this();
  const ConnectError what{std::string(error)};
  for (std::size_t i = 0; i < sockets_.size(); ++i) {
    if (!sockets_[i].left) {
      SocketAccess::on_error(*sockets_[i].socket, what);
    }
  }
  if (session_ != nullptr) {
    session_->close();
  }
}

// --- Limits -------------------------------------------------------------------------------------

/// The timer is not stopped when the attachment comes, but looks whether it did: binary packets
/// that follow each other cost no timer each.
void Client::expect_attachment() {
  watch().attachment_due = context_.shard.now() + core_.options().limits.attachment_timeout;
  if (!watch_->attachments.running()) {
    watch_attachments();
  }
}

void Client::watch_attachments() {
  context_.shard.timers().start(watch_->attachments, watch_->attachment_due, [this] {
    if (partial_ == nullptr) {
      if (!limits_events()) {
        watch_.reset();
      }
    } else if (context_.shard.now() < watch_->attachment_due) {
      watch_attachments();
    } else {
      partial_.reset();
      context_.counters.invalid_packets.add();
      fail("an attachment did not come in time");
    }
  });
}

bool Client::limits_events() const noexcept {
  return core_.options().limits.events_per_connection.per_second != 0;
}

/// A CONNECT counts as an event, and the bucket is the connection's: a socket that leaves and joins
/// again gets no new one. Acknowledgements do not count: the application has asked for each.
bool Client::is_flooding(PacketType type) {
  return (type == PacketType::event || type == PacketType::connect) &&
         !watch().events.take(core_.options().limits.events_per_connection, context_.shard.now());
}

void Client::on_flood() {
  if (context_.counters.flooding_clients.value() == 0) {  // once: many may come
    core_.log(LogLevel::warning,
              "a client was disconnected that sent more events than events_per_connection allows");
  }
  context_.counters.flooding_clients.add();
  fail("too many events");
}

Client::Watch& Client::watch() {
  if (watch_ == nullptr) {
    watch_ = std::make_unique<Watch>();
  }
  return *watch_;
}

// --- To the client ------------------------------------------------------------------------------

void Client::send(const OutgoingPacket& packet, EmitFlags flags) {
  if (!is_open()) {
    return;
  }
  if (flags.volatile_packet && !session_->writable()) {
    context_.counters.volatile_dropped.add();
    return;
  }
  context_.counters.packets_sent.add();
  session_->send(packet.head, flags.compress);
  for (const engineio::Message& attachment : packet.attachments) {
    if (session_ != nullptr) {
      session_->send(attachment, flags.compress);
    }
  }
}

void Client::send(const PacketHeader& header, PayloadWriter payload) {
  PacketBuffer buffer;
  send(OutgoingPacket(buffer.encode(core_.parser(), header, payload)), {});
}

void Client::tell_drained() {
  const auto keep = shared_from_this();
  for (std::size_t i = 0; i < sockets_.size(); ++i) {
    SocketAccess::on_drain(*sockets_[i].socket);
  }
}

// --- Sockets ------------------------------------------------------------------------------------

void Client::on_connected(ConnectAttempt& attempt, std::shared_ptr<Socket> socket) {
  connect_timer_.reset();
  forget_attempt(attempt);
  sockets_.push_back({std::move(socket)});
}

void Client::on_refused(ConnectAttempt& attempt) { forget_attempt(attempt); }

void Client::forget_attempt(ConnectAttempt& attempt) {
  std::erase_if(attempts_, [&](const auto& other) { return other.get() == &attempt; });
}

void Client::forget(Socket& socket) {
  const auto entry = std::find_if(sockets_.begin(), sockets_.end(), [&](const Entry& candidate) {
    return candidate.socket.get() == &socket;
  });
  if (entry != sockets_.end()) {
    entry->left = true;
    sweep();
  }
}

void Client::sweep() {
  if (std::exchange(sweeping_, true)) {
    return;
  }
  // At the end of the turn: the socket may be in use further up the stack.
  context_.shard.after_turn([self = shared_from_this()] {
    self->sweeping_ = false;
    std::erase_if(self->sockets_, [](const Entry& entry) { return entry.left; });
  });
}

Client::Entry* Client::find(std::string_view nsp) noexcept {
  // The last one: a namespace may have been left and joined again in one turn.
  const auto entry = std::find_if(sockets_.rbegin(), sockets_.rend(), [&](const Entry& candidate) {
    return candidate.socket->nsp().name() == nsp;
  });
  return entry == sockets_.rend() ? nullptr : &*entry;
}

bool Client::is_connecting(std::string_view nsp) const noexcept {
  return std::any_of(attempts_.begin(), attempts_.end(),
                     [&](const auto& attempt) { return attempt->name() == nsp; });
}

}  // namespace socketio::detail
