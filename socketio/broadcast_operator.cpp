#include "socketio/broadcast_operator.hpp"

#include <iterator>
#include <stdexcept>
#include <utility>

#include "socketio/adapter.hpp"
#include "socketio/detail/broadcast_ack.hpp"
#include "socketio/detail/namespace_access.hpp"
#include "socketio/detail/server_core.hpp"
#include "socketio/packet.hpp"

namespace socketio {

namespace {

void append(std::vector<std::string>& to, RoomList rooms) {
  to.insert(to.end(), std::make_move_iterator(rooms.names().begin()),
            std::make_move_iterator(rooms.names().end()));
}

void check_event_name(std::string_view event) {
  if (is_reserved_event(event)) {
    throw std::invalid_argument('"' + std::string(event) + "\" is a reserved event name");
  }
}

}  // namespace

BroadcastOperator::BroadcastOperator(std::shared_ptr<Adapter> adapter, BroadcastOptions options)
    : adapter_(std::move(adapter)), options_(std::move(options)) {}

BroadcastOperator BroadcastOperator::to(RoomList rooms) const& {
  return BroadcastOperator(*this).to(std::move(rooms));
}

BroadcastOperator BroadcastOperator::to(RoomList rooms) && {
  append(options_.rooms, std::move(rooms));
  return std::move(*this);
}

BroadcastOperator BroadcastOperator::except(RoomList rooms) const& {
  return BroadcastOperator(*this).except(std::move(rooms));
}

BroadcastOperator BroadcastOperator::except(RoomList rooms) && {
  append(options_.except, std::move(rooms));
  return std::move(*this);
}

BroadcastOperator BroadcastOperator::volatile_() const {
  BroadcastOperator result = *this;
  result.options_.volatile_packet = true;
  return result;
}

BroadcastOperator BroadcastOperator::compress(bool enabled) const {
  BroadcastOperator result = *this;
  result.options_.compress = enabled;
  return result;
}

BroadcastOperator BroadcastOperator::local() const {
  BroadcastOperator result = *this;
  result.options_.local = true;
  return result;
}

BroadcastOperator BroadcastOperator::timeout(std::chrono::milliseconds duration) const {
  BroadcastOperator result = *this;
  result.options_.timeout = duration;
  return result;
}

void BroadcastOperator::emit_payload(std::string_view event, PayloadWriter payload) const {
  check_event_name(event);
  adapter_->broadcast(payload, options_);
}

void BroadcastOperator::emit_payload_with_ack(std::string_view event, PayloadWriter payload,
                                              AckResultsCallback on_answers) const {
  check_event_name(event);
  detail::BroadcastAck::start(adapter_, payload, options_, std::move(on_answers));
}

void BroadcastOperator::fetch_sockets(FetchCallback on_sockets) const {
  detail::ServerCore& core = detail::NamespaceAccess::core(adapter_->nsp());
  auto at_home = core.call_at_home<FetchResult>(std::move(on_sockets));
  adapter_->fetch_sockets(options_, [adapter = adapter_, at_home = std::move(at_home)](
                                        Adapter::Descriptions descriptions) mutable {
    FetchResult result{std::move(descriptions.error), {}};
    for (SocketDescription& description : descriptions.sockets) {
      result.sockets.emplace_back(adapter, std::move(description));
    }
    at_home(std::move(result));
  });
}

void BroadcastOperator::sockets_join(RoomList rooms) const {
  adapter_->sockets_join(options_, rooms.names());
}

void BroadcastOperator::sockets_leave(RoomList rooms) const {
  adapter_->sockets_leave(options_, rooms.names());
}

void BroadcastOperator::disconnect_sockets(bool close) const {
  adapter_->disconnect_sockets(options_, close);
}

// --- RemoteSocket -------------------------------------------------------------------------------

RemoteSocket::RemoteSocket(std::shared_ptr<Adapter> adapter, SocketDescription description)
    : adapter_(std::move(adapter)), description_(std::move(description)) {}

RemoteSocket RemoteSocket::timeout(std::chrono::milliseconds duration) const {
  RemoteSocket result = *this;
  result.timeout_ = duration;
  return result;
}

BroadcastOperator RemoteSocket::target() const {
  BroadcastOptions options;
  options.rooms.push_back(description_.id);
  options.timeout = timeout_;
  options.expect_single_response = true;
  return BroadcastOperator(adapter_, std::move(options));
}

}  // namespace socketio
