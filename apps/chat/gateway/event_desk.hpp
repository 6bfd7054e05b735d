#pragma once

#include <string>
#include <string_view>

#include "apps/chat/gateway/answer.hpp"
#include "apps/chat/gateway/error_event.hpp"
#include "apps/chat/gateway/user_limits.hpp"
#include "apps/chat/monitoring/metrics.hpp"
#include "socketio/namespace.hpp"
#include "socketio/socket.hpp"
#include "socketio/value_view.hpp"

namespace chat {

/// Where the events of a namespace come in: each is limited, checked and measured before the
/// gateway's handler sees it.
///
///     EventDesk desk(*this, nsp, limits, metrics);
///     desk.on("joinRoom", &Rooms::join_room);
///
/// A handler is `void (Socket&, const Request&, const Answer&)`. Its Request reads itself from the
/// payload: `std::string read(ValueView payload, const LimitSettings&)`, which says what is wrong
/// with it, or nothing.
template <class Gateway>
class EventDesk {
 public:
  /// All of them live as long as the namespace's sockets.
  EventDesk(Gateway& gateway, socketio::Namespace& nsp, UserLimits& limits, Metrics& metrics)
      : gateway_(gateway), nsp_(nsp), limits_(limits), metrics_(metrics) {}

  template <class Request>
  void on(const std::string& event,
          void (Gateway::*handler)(socketio::Socket&, const Request&, const Answer&)) {
    nsp_.handle(
        event,
        [&gateway = gateway_, &limits = limits_, handler, latency = metrics_.event_latency(event)](
            socketio::Socket& socket, socketio::ValueView payload, socketio::Ack<> ack) {
          const Answer answer(std::move(ack), latency);
          if (!limits.allow_event(socket)) {
            return answer.refuse(std::string(rate_limit_exceeded));
          }
          Request request;
          if (std::string error = request.read(payload, *limits.settings()); !error.empty()) {
            return answer.refuse(std::move(error));
          }
          (gateway.*handler)(socket, request, answer);
        });
  }

 private:
  Gateway& gateway_;
  socketio::Namespace& nsp_;
  UserLimits& limits_;
  Metrics& metrics_;
};

}  // namespace chat
