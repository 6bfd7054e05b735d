#include "socketio/handler.hpp"

#include <utility>

#include "engineio/shard_link.hpp"
#include "socketio/detail/client.hpp"
#include "socketio/detail/namespace_access.hpp"
#include "socketio/detail/outgoing.hpp"
#include "socketio/detail/server_core.hpp"
#include "socketio/detail/socket_access.hpp"
#include "socketio/socket.hpp"

namespace socketio {

namespace {

/// The way back to a client. Holds the socket, which may have left its namespace.
class SocketAckChannel final : public AckChannel {
 public:
  SocketAckChannel(Socket& socket, std::uint64_t id)
      : socket_(socket.shared_from_this()),
        link_(detail::SocketAccess::client(socket).context().shard.link()),
        id_(id) {}

  static void send_now(Socket& socket, std::uint64_t id, PayloadWriter arguments) {
    detail::SocketAccess::shard(socket).drain_inbox();
    detail::SocketAccess::client(socket).send(header(socket, id), arguments);
  }

 private:
  [[nodiscard]] static PacketHeader header(Socket& socket, std::uint64_t id) {
    return {.type = PacketType::ack, .nsp = socket.nsp().name(), .id = id};
  }

  void send(PayloadWriter arguments) override {
    link_->reach([&] { send_now(*socket_, id_, arguments); },
                 [&](engineio::Shard& shard) { post(shard, arguments); });
  }

  void post(engineio::Shard& shard, PayloadWriter arguments) {
    const detail::Client& client = detail::SocketAccess::client(*socket_);
    detail::PacketBuffer buffer;
    buffer.encode(client.core().parser(), header(*socket_, id_), arguments);
    shard.post_essential([socket = socket_, packet = buffer.release()] {
      detail::SocketAccess::shard(*socket).drain_inbox();
      detail::SocketAccess::client(*socket).send(detail::OutgoingPacket(packet), {});
    });
  }

  std::shared_ptr<Socket> socket_;
  std::shared_ptr<engineio::ShardLink> link_;
  std::uint64_t id_;
};

}  // namespace

void IncomingEvent::reply(PayloadWriter arguments) {
  if (channel_ != nullptr) {
    channel_->reply(arguments);
  } else if (ack_id_ && !std::exchange(answered_, true)) {
    SocketAckChannel::send_now(*socket_, *ack_id_, arguments);
  }
}

std::shared_ptr<AckChannel> IncomingEvent::ack_channel() {
  if (channel_ == nullptr && ack_id_ && !answered_) {
    channel_ = std::make_shared<SocketAckChannel>(*socket_, *ack_id_);
  }
  return channel_;
}

void IncomingEvent::refuse(std::string_view message) {
  if (socket_ != nullptr) {
    detail::SocketAccess::client(*socket_).context().counters.invalid_arguments.add();
  }
  const auto write = [message](Writer& writer) {
    write_arguments(writer, Object{{"error", "invalid arguments"}, {"message", message}});
  };
  reply(write);
}

void IncomingEvent::fail() {
  const auto write = [](Writer& writer) {
    write_arguments(writer, Object{{"error", "internal error"}});
  };
  reply(write);
}

namespace detail {

void refuse_argument(IncomingEvent& event, std::size_t position, std::string_view expected,
                     bool missing) {
  std::string message = "argument " + std::to_string(position) + ": expected ";
  message += expected;
  if (missing) {
    message += ", got none";
  }
  event.refuse(message);
}

}  // namespace detail

}  // namespace socketio
