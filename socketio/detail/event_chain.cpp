#include "socketio/detail/event_chain.hpp"

#include <utility>

#include "socketio/detail/client.hpp"
#include "socketio/detail/server_core.hpp"
#include "socketio/detail/socket_access.hpp"
#include "socketio/detail/tape_writer.hpp"

namespace socketio::detail {

void EventChain::start(Socket& socket, std::string_view name, const Arguments& arguments,
                       std::optional<std::uint64_t> ack_id) {
  std::make_shared<EventChain>(socket, name, arguments, ack_id)->run(0);
}

EventChain::EventChain(Socket& socket, std::string_view name, const Arguments& arguments,
                       std::optional<std::uint64_t> ack_id)
    : socket_(socket.shared_from_this()),
      link_(SocketAccess::client(socket).context().shard.link()),
      event_{std::string(name), arguments.to_values()},
      ack_id_(ack_id),
      middlewares_(SocketAccess::rare(socket).middlewares) {}

void EventChain::run(std::size_t position) {
  running_ = position;
  if (position == middlewares_.size()) {
    dispatch();
    return;
  }
  Client& client = SocketAccess::client(*socket_);
  client.core().contain(client.context(), "a middleware of a socket", socket_->nsp().name(), [&] {
    (*middlewares_[position])(event_, Next(shared_from_this(), position));
  });
}

void EventChain::proceed(std::size_t position, std::optional<ConnectError> error) {
  link_->reach(
      [&] { on_proceed(position, error); },
      [&](engineio::Shard& shard) {
        shard.post_essential([self = shared_from_this(), position, error = std::move(error)] {
          self->on_proceed(position, error);
        });
      });
}

void EventChain::on_proceed(std::size_t position, const std::optional<ConnectError>& error) {
  if (position != running_) {
    return;  // called again
  }
  if (error) {
    running_ = middlewares_.size() + 1;
    SocketAccess::on_error(*socket_, *error);
    return;
  }
  run(position + 1);
}

void EventChain::dispatch() {
  ++running_;
  TapeWriter values;
  values.begin_array(event_.arguments.size());
  for (const Value& argument : event_.arguments) {
    argument.write_to(values);
  }
  values.end_array();
  const EventActivity words{event_.name, socket_->nsp().name()};
  const engineio::Activity activity(SocketAccess::client(*socket_).context().shard.activity(),
                                    &words, describe_event);
  IncomingEvent event(event_.name, Arguments(values.view()), *socket_, ack_id_);
  SocketAccess::dispatch(*socket_, event);
}

}  // namespace socketio::detail
