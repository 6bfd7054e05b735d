#include "socketio/detail/socket_access.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "engineio/session.hpp"
#include "socketio/detail/client.hpp"
#include "socketio/detail/event_chain.hpp"
#include "socketio/detail/event_table.hpp"
#include "socketio/detail/handshake_builder.hpp"
#include "socketio/detail/namespace_access.hpp"
#include "socketio/detail/server_core.hpp"

namespace socketio::detail {

namespace {

constexpr auto any = [](const NoKey&) { return true; };

/// After these the client may come back and find its state.
bool is_recoverable(std::string_view reason) {
  constexpr std::array<std::string_view, 6> reasons{"transport error",      "transport close",
                                                    "forced close",         "ping timeout",
                                                    "server shutting down", "forced server close"};
  return std::find(reasons.begin(), reasons.end(), reason) != reasons.end();
}

/// Runs code of the application that no packet has asked for.
template <class F>
void run(Socket& socket, std::string_view what, F&& code) {
  Client& client = SocketAccess::client(socket);
  client.core().contain(client.context(), what, socket.nsp().name(), code);
}

void notify_outgoing(Socket& socket, RareState& rare, const OutgoingPacket& packet) {
  ServerCore& core = SocketAccess::client(socket).core();
  const SentEvent event(core.parser(), packet);
  rare.any_outgoing->for_each(any, [&](AnyListener& listener) {
    run(socket, "a listener of outgoing events",
        [&] { listener(event.name(), event.arguments()); });
  });
}

}  // namespace

// --- To the client ------------------------------------------------------------------------------

void SocketAccess::deliver(Socket& socket, const OutgoingPacket& packet, EmitFlags flags) {
  if (RareState* rare = socket.rare_.get();
      rare != nullptr && rare->any_outgoing != nullptr && !rare->any_outgoing->empty()) {
    notify_outgoing(socket, *rare, packet);
  }
  socket.client_->send(packet, flags);
}

void SocketAccess::expect_ack(Socket& socket, std::uint64_t id, AckCallback callback,
                              bool of_broadcast, std::optional<std::chrono::milliseconds> timeout) {
  if (socket.state_ == State::disconnected) {
    run(socket, "an acknowledgement callback", [&] {
      callback({std::string(ack_socket_gone), {}});
    });
    return;
  }
  RareState& rare = socket.rare();
  if (rare.acks == nullptr) {
    rare.acks = std::make_unique<AckTable>();
  }
  ServerCore& core = client(socket).core();
  AckTable::Pending& pending = rare.acks->add(id, std::move(callback), of_broadcast);
  if (timeout) {
    pending.timer = std::make_unique<engineio::Timer>();
    engineio::Shard& shard = client(socket).context().shard;
    shard.timers().start(*pending.timer, shard.precise_now() + *timeout, [&socket, id] {
      if (auto late = socket.rare().acks->take(id)) {
        run(socket, "an acknowledgement callback", [&] {
          late->callback({std::string(ack_timed_out), {}});
        });
      }
    });
  }
  if (rare.acks->size() > core.options().limits.pending_acks) {
    if (auto oldest = rare.acks->take_oldest(); oldest && !oldest->of_broadcast) {
      run(socket, "an acknowledgement callback", [&] {
        oldest->callback({std::string(ack_given_up), {}});
      });
    }
  }
}

bool SocketAccess::forget_ack(Socket& socket, std::uint64_t id) {
  return socket.rare_ != nullptr && socket.rare_->acks != nullptr &&
         socket.rare_->acks->take(id).has_value();
}

// --- From the client ----------------------------------------------------------------------------

void SocketAccess::on_packet(Socket& socket, const Packet& packet) {
  switch (packet.type) {
    case PacketType::event:
      return on_event(socket, packet);
    case PacketType::ack:
      return on_ack(socket, packet);
    case PacketType::disconnect:
      return leave(socket, "client namespace disconnect", "");
    default:
      return;
  }
}

void SocketAccess::on_event(Socket& socket, const Packet& packet) {
  if (packet.data.size() == 0) {
    return;  // an event without a name: nobody can wait for it
  }
  std::string memory;
  const std::string_view name = event_name(packet.data[0], memory);
  const Arguments arguments(packet.data, 1);
  if (RareState* rare = socket.rare_.get()) {
    if (rare->any != nullptr) {
      rare->any->for_each(any, [&](AnyListener& listener) {
        client(socket).core().contain("a catch-all listener", [&] { listener(name, arguments); });
      });
    }
    if (!rare->middlewares.empty()) {
      EventChain::start(socket, name, arguments, packet.id);
      return;
    }
  }
  IncomingEvent event(name, arguments, socket, packet.id);
  dispatch(socket, event);
}

void SocketAccess::dispatch(Socket& socket, IncomingEvent& event) {
  if (!socket.connected()) {
    return;
  }
  const std::size_t hash = std::hash<std::string_view>{}(event.name());
  if (socket.listeners_ != nullptr) {
    socket.listeners_->for_each(hash, event.name(), [&](EventHandler& handler) {
      if (!client(socket).core().contain("an event handler", [&] { handler(event); })) {
        event.fail();
      }
    });
  }
  socket.shard_->dispatch(event, hash);
}

void SocketAccess::on_ack(Socket& socket, const Packet& packet) {
  if (!packet.id || socket.rare_ == nullptr || socket.rare_->acks == nullptr) {
    return;
  }
  if (auto pending = socket.rare_->acks->take(*packet.id)) {
    pending->timer.reset();
    client(socket).core().contain("an acknowledgement callback", [&] {
      pending->callback({"", Arguments(packet.data)});
    });
  }
}

void SocketAccess::on_error(Socket& socket, const ConnectError& error) {
  ServerCore& core = client(socket).core();
  if (socket.rare_ == nullptr || socket.rare_->on_error.empty()) {
    core.log(LogLevel::debug, error.message);
    return;
  }
  socket.rare_->on_error.for_each(
      any, [&](auto& handler) { run(socket, "an error handler", [&] { handler(error); }); });
}

void SocketAccess::on_drain(Socket& socket) {
  if (RareState* rare = socket.rare_.get()) {
    rare->on_drain.for_each(any, [&](auto& handler) { run(socket, "a drain handler", handler); });
  }
}

// --- Leaving ------------------------------------------------------------------------------------

void SocketAccess::leave(Socket& socket, std::string_view reason, std::string_view description) {
  if (socket.state_ != State::connected) {
    return;
  }
  const auto keep = socket.shared_from_this();
  socket.state_ = State::leaving;
  run_disconnect_handlers(socket, &RareState::on_disconnecting, reason, description);
  if (client(socket).core().recovers() && is_recoverable(reason)) {
    persist(socket);
  }
  socket.shard_->remove(socket);
  socket.state_ = State::disconnected;
  client(socket).forget(socket);
  run_disconnect_handlers(socket, &RareState::on_disconnect, reason, description);
  release(socket);
}

void SocketAccess::abandon(Socket& socket) {
  socket.shard_->leave_all(socket);
  socket.state_ = State::disconnected;
  release(socket);
}

void SocketAccess::run_disconnect_handlers(Socket& socket,
                                           std::vector<DisconnectHandler> RareState::*handlers,
                                           std::string_view reason, std::string_view description) {
  if (socket.rare_ == nullptr) {
    return;
  }
  for (DisconnectHandler& handler : std::exchange((*socket.rare_).*handlers, {})) {
    run(socket, "a disconnect handler", [&] { handler(reason, description); });
  }
}

void SocketAccess::persist(Socket& socket) {
  RareState& rare = socket.rare();
  socket.nsp_->adapter().persist_session(
      {socket.id_, rare.pid, socket.shard_->rooms_of(socket), rare.data});
}

void SocketAccess::release(Socket& socket) {
  fail_acks(socket);
  if (socket.listeners_ != nullptr) {
    socket.listeners_->clear();
  }
  if (RareState* rare = socket.rare_.get()) {
    if (rare->any != nullptr) {
      rare->any->clear();
    }
    if (rare->any_outgoing != nullptr) {
      rare->any_outgoing->clear();
    }
    rare->on_error.clear();
    rare->on_drain.clear();
    rare->middlewares.clear();
  }
  client(socket).core().registry().release(*socket.nsp_);
}

void SocketAccess::fail_acks(Socket& socket) {
  if (socket.rare_ == nullptr || socket.rare_->acks == nullptr) {
    return;
  }
  while (auto pending = socket.rare_->acks->take_oldest()) {
    pending->timer.reset();
    if (!pending->of_broadcast) {
      run(socket, "an acknowledgement callback", [&] {
        pending->callback({std::string(ack_socket_gone), {}});
      });
    }
  }
}

void SocketAccess::keep_handshake(Socket& socket) {
  if (socket.rare_ == nullptr || socket.rare_->handshake == nullptr) {
    static_cast<void>(socket.handshake());
  }
}

}  // namespace socketio::detail
