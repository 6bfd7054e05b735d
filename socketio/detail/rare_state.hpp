#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engineio/function.hpp"
#include "socketio/detail/ack_table.hpp"
#include "socketio/detail/listener_list.hpp"
#include "socketio/handshake.hpp"
#include "socketio/middleware.hpp"
#include "socketio/socket.hpp"
#include "socketio/value.hpp"

namespace socketio::detail {

struct NoKey {};
using AnyListeners = ListenerList<NoKey, AnyListener>;

/// What most sockets do without.
struct RareState {
  std::string pid;             // with connection state recovery
  std::uint64_t replayed = 0;  // ordered packets up to this position are not for it
  std::optional<Value> auth;   // until the handshake is built
  std::unique_ptr<Handshake> handshake;
  Value data = Object{};
  std::unique_ptr<AnyListeners> any;
  std::unique_ptr<AnyListeners> any_outgoing;
  std::vector<std::shared_ptr<EventMiddleware>> middlewares;
  std::vector<DisconnectHandler> on_disconnecting;
  std::vector<DisconnectHandler> on_disconnect;
  ListenerList<NoKey, engineio::Function<void(const ConnectError&)>> on_error;
  ListenerList<NoKey, engineio::Function<void()>> on_drain;
  std::unique_ptr<AckTable> acks;
};

}  // namespace socketio::detail
