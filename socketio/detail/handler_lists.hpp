#pragma once

#include <memory>
#include <vector>

#include "socketio/detail/event_table.hpp"
#include "socketio/handler.hpp"
#include "socketio/middleware.hpp"
#include "socketio/namespace.hpp"

namespace socketio::detail {

/// A handler that all sockets of a namespace share.
struct SharedHandler {
  EventName event;
  std::shared_ptr<EventHandler> handler;
};

/// What is registered on a namespace. Never changed once others see it: a change makes a new one.
struct HandlerLists {
  std::vector<std::shared_ptr<Middleware>> middlewares;
  std::vector<std::shared_ptr<ConnectionHandler>> on_connection;
  std::vector<SharedHandler> events;
  std::vector<SharedHandler> server_events;
};

}  // namespace socketio::detail
