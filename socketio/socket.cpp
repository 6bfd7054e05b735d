#include "socketio/socket.hpp"

#include <chrono>
#include <stdexcept>
#include <utility>

#include "engineio/session.hpp"
#include "socketio/detail/client.hpp"
#include "socketio/detail/event_table.hpp"
#include "socketio/detail/handshake_builder.hpp"
#include "socketio/detail/namespace_access.hpp"
#include "socketio/detail/outgoing.hpp"
#include "socketio/detail/server_core.hpp"
#include "socketio/detail/socket_access.hpp"

namespace socketio {

namespace {

using detail::NamespaceAccess;
using detail::SocketAccess;

std::int64_t now_in_milliseconds() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

void check_event_name(std::string_view event) {
  if (is_reserved_event(event)) {
    throw std::invalid_argument('"' + std::string(event) + "\" is a reserved event name");
  }
}

/// Runs `action(socket)`, which carries `bytes` of memory, on the socket's shard: now if this is
/// it.
template <class Action>
void on_shard(Socket& socket, Action action, std::size_t bytes = 0) {
  detail::Client& client = SocketAccess::client(socket);
  if (client.context().shard.is_current()) {
    action(socket);
    return;
  }
  client.core().post(
      client.context(),
      [self = socket.shared_from_this(), action = std::move(action)]() mutable { action(*self); },
      bytes);
}

void encode(Socket& socket, std::optional<std::uint64_t> id, PayloadWriter payload,
            detail::PacketBuffer& to) {
  to.encode(SocketAccess::client(socket).core().parser(),
            {.type = PacketType::event, .nsp = socket.nsp().name(), .id = id}, payload);
}

void send_packet(Socket& socket, detail::PacketBuffer& buffer, EmitFlags flags) {
  const auto deliver = [flags](Socket& s, const EncodedPacket& packet) {
    if (SocketAccess::state(s) != SocketAccess::State::disconnected) {
      SocketAccess::shard(s).drain_inbox();
      SocketAccess::deliver(s, detail::OutgoingPacket(packet), flags);
    }
  };
  if (SocketAccess::client(socket).context().shard.is_current()) {
    deliver(socket, buffer.packet());
    return;
  }
  const std::size_t bytes = buffer.packet().bytes();
  on_shard(
      socket, [deliver, packet = buffer.release()](Socket& s) { deliver(s, packet); }, bytes);
}

}  // namespace

// --- SocketEmitter ------------------------------------------------------------------------------

SocketEmitter SocketEmitter::volatile_() const {
  SocketEmitter result = *this;
  result.flags_.volatile_packet = true;
  return result;
}

SocketEmitter SocketEmitter::compress(bool enabled) const {
  SocketEmitter result = *this;
  result.flags_.compress = enabled;
  return result;
}

SocketEmitter SocketEmitter::timeout(std::chrono::milliseconds duration) const {
  SocketEmitter result = *this;
  result.timeout_ = duration;
  return result;
}

BroadcastOperator SocketEmitter::broadcast() const {
  BroadcastOptions options;
  options.except.push_back(socket_.id());
  options.volatile_packet = flags_.volatile_packet;
  if (!flags_.compress) {
    options.compress = false;
  }
  options.timeout = timeout_;
  return BroadcastOperator(NamespaceAccess::shared_adapter(socket_.nsp()), std::move(options));
}

// --- What it is ---------------------------------------------------------------------------------

Socket::Socket(std::shared_ptr<detail::Client> client, detail::NamespaceShard& shard,
               std::string id)
    : client_(std::move(client)),
      nsp_(shard.nsp().shared_from_this()),
      shard_(&shard),
      id_(std::move(id)),
      issued_(now_in_milliseconds()) {}

Socket::~Socket() = default;

Namespace& Socket::nsp() const noexcept { return *nsp_; }

detail::RareState& Socket::rare() {
  if (rare_ == nullptr) {
    rare_ = std::make_unique<detail::RareState>();
  }
  return *rare_;
}

const Handshake& Socket::handshake() {
  detail::RareState& state = rare();
  if (state.handshake == nullptr) {
    Value auth = state.auth ? *std::exchange(state.auth, std::nullopt) : Value(Object{});
    const engineio::Session* session = client_->session();
    const engineio::HttpRequest none;
    state.handshake = std::make_unique<Handshake>(detail::build_handshake(
        session != nullptr ? session->handshake() : none, std::move(auth), issued_));
  }
  return *state.handshake;
}

Value& Socket::data() { return rare().data; }

std::vector<std::string> Socket::rooms() const { return shard_->rooms_of(*this); }

engineio::TransportName Socket::transport() const noexcept { return client_->transport(); }

unsigned Socket::protocol() const noexcept { return client_->protocol(); }

engineio::Session* Socket::connection() const noexcept { return client_->session(); }

std::size_t Socket::queued_bytes() const noexcept {
  const engineio::Session* session = client_->session();
  return session != nullptr ? session->queued_bytes() : 0;
}

engineio::Shard& Socket::shard() const noexcept { return client_->context().shard; }

std::optional<std::string_view> Socket::header(std::string_view name) {
  if (const engineio::Session* session = client_->session()) {
    return session->handshake().headers.get(name);
  }
  return handshake().headers[detail::lower_case(name)].as_string();
}

// --- Listeners ----------------------------------------------------------------------------------

ListenerId Socket::on_raw(std::string_view event, EventHandler handler, bool once) {
  if (listeners_ == nullptr) {
    listeners_ = std::make_unique<detail::EventTable>();
  }
  return listeners_->add(event, std::move(handler), once);
}

void Socket::off(std::string_view event) {
  if (listeners_ != nullptr) {
    listeners_->remove(event);
  }
}

void Socket::off(ListenerId listener) {
  if (listeners_ != nullptr) {
    listeners_->remove(listener);
  }
}

namespace {

constexpr auto everything = [](const detail::NoKey&, std::uint64_t) { return true; };

auto only(ListenerId listener) {
  return [listener](const detail::NoKey&, std::uint64_t id) { return ListenerId{id} == listener; };
}

ListenerId add(std::unique_ptr<detail::AnyListeners>& list, AnyListener listener, bool front) {
  if (list == nullptr) {
    list = std::make_unique<detail::AnyListeners>();
  }
  return ListenerId{list->add({}, std::move(listener), false, front)};
}

template <class Predicate>
void remove(std::unique_ptr<detail::AnyListeners>& list, Predicate which) {
  if (list != nullptr) {
    list->remove_if(which);
  }
}

}  // namespace

ListenerId Socket::on_any(AnyListener listener) {
  return add(rare().any, std::move(listener), false);
}
ListenerId Socket::prepend_any(AnyListener listener) {
  return add(rare().any, std::move(listener), true);
}
void Socket::off_any() { remove(rare().any, everything); }
void Socket::off_any(ListenerId listener) { remove(rare().any, only(listener)); }

ListenerId Socket::on_any_outgoing(AnyListener listener) {
  return add(rare().any_outgoing, std::move(listener), false);
}
ListenerId Socket::prepend_any_outgoing(AnyListener listener) {
  return add(rare().any_outgoing, std::move(listener), true);
}
void Socket::off_any_outgoing() { remove(rare().any_outgoing, everything); }
void Socket::off_any_outgoing(ListenerId listener) { remove(rare().any_outgoing, only(listener)); }

void Socket::use(EventMiddleware middleware) {
  rare().middlewares.push_back(std::make_shared<EventMiddleware>(std::move(middleware)));
}

void Socket::add_disconnect_handler(DisconnectHandler handler, bool before) {
  auto& handlers = before ? rare().on_disconnecting : rare().on_disconnect;
  handlers.push_back(std::move(handler));
}

void Socket::on_error(engineio::Function<void(const ConnectError& error)> handler) {
  rare().on_error.add({}, std::move(handler));
}

ListenerId Socket::on_drain(engineio::Function<void()> handler) {
  client_->watch_drain();
  return ListenerId{rare().on_drain.add({}, std::move(handler))};
}
void Socket::off_drain() { rare().on_drain.remove_if(everything); }
void Socket::off_drain(ListenerId listener) { rare().on_drain.remove_if(only(listener)); }

// --- Sending ------------------------------------------------------------------------------------

void Socket::emit_payload(std::string_view event, PayloadWriter payload, EmitFlags flags) {
  check_event_name(event);
  if (client_->core().recovers() && !flags.volatile_packet && connected()) {
    // Through the adapter, which keeps it for the case that the client comes back.
    BroadcastOptions options;
    options.rooms.push_back(id_);
    if (!flags.compress) {
      options.compress = false;
    }
    nsp_->adapter().broadcast(payload, options);
    return;
  }
  detail::PacketBuffer packet;
  encode(*this, std::nullopt, payload, packet);
  send_packet(*this, packet, flags);
}

void Socket::emit_payload_with_ack(std::string_view event, PayloadWriter payload, EmitFlags flags,
                                   std::optional<std::chrono::milliseconds> timeout,
                                   AckCallback on_answer) {
  check_event_name(event);
  const std::uint64_t id = NamespaceAccess::next_ack_id(*nsp_);
  detail::PacketBuffer packet;
  encode(*this, id, payload, packet);
  // A task of its own: the timeout comes also if the shard has no room for the packet.
  on_shard(*this, [id, timeout, callback = std::move(on_answer)](Socket& socket) mutable {
    SocketAccess::expect_ack(socket, id, std::move(callback), false, timeout);
  });
  send_packet(*this, packet, flags);
}

// --- Rooms --------------------------------------------------------------------------------------

void Socket::join(RoomList rooms) {
  on_shard(*this, [rooms = std::move(rooms.names())](Socket& socket) {
    if (socket.state_ != State::disconnected) {
      for (const std::string& room : rooms) {
        socket.shard_->join(socket, room);
      }
    }
  });
}

void Socket::leave(RoomList rooms) {
  on_shard(*this, [rooms = std::move(rooms.names())](Socket& socket) {
    for (const std::string& room : rooms) {
      socket.shard_->leave(socket, room);
    }
  });
}

void Socket::disconnect(bool close) {
  on_shard(*this, [close](Socket& socket) {
    if (socket.state_ != State::connected) {
      return;
    }
    if (close) {
      socket.client_->disconnect_all();
      return;
    }
    socket.shard_->drain_inbox();
    socket.client_->send({.type = PacketType::disconnect, .nsp = socket.nsp_->name()}, nullptr);
    SocketAccess::leave(socket, "server namespace disconnect", "");
  });
}

}  // namespace socketio
