#include "adapters/sharded/sharded_adapter.hpp"

#include <stdexcept>
#include <utility>

#include "adapters/wire/room_names.hpp"
#include "socketio/namespace.hpp"

namespace adapters {

namespace sharded {

using cluster::MessageType;
using socketio::BroadcastOptions;
using socketio::PayloadWriter;

namespace {

socketio::Adapter::RoomWatch watch_of(SubscriptionMode mode) noexcept {
  using RoomWatch = socketio::Adapter::RoomWatch;
  switch (mode) {
    case SubscriptionMode::static_:
      break;
    case SubscriptionMode::dynamic:
      return RoomWatch::rooms;
    case SubscriptionMode::dynamic_private:
      return RoomWatch::rooms_and_own_rooms;
  }
  return RoomWatch::none;
}

std::string channel_of(const cluster::Node& node, std::string_view room) {
  return node.channel() + wire::room_text(room) + "#";
}

}  // namespace

cluster::Bus make_bus(redis::Client& client, const ShardedAdapterOptions& options) {
  if (options.channel_prefix.empty()) {
    throw std::invalid_argument("ShardedAdapterOptions::channel_prefix is empty");
  }
  if (options.requests_timeout <= std::chrono::milliseconds(0)) {
    throw std::invalid_argument("ShardedAdapterOptions::requests_timeout must be above 0");
  }
  return {.client = client,
          .subscriptions =
              std::make_shared<cluster::Subscriptions>(client, redis::ChannelKind::sharded),
          .channel_prefix = options.channel_prefix,
          .format = cluster::MessageFormat::json_or_msgpack,
          .requests_timeout = options.requests_timeout,
          .monitor = options.monitor ? options.monitor : std::make_shared<BusMonitor>()};
}

void RoomChannels::update(const std::string& room) {
  if (!node_->is_open()) {
    return;
  }
  bool exists = false;
  node_->gate().enter(
      [&](const socketio::Adapter& adapter) { exists = adapter.has_local_room(room); });
  if (exists && rooms_.insert(room).second) {
    node_->listen(channel_of(*node_, room));
  } else if (!exists && rooms_.erase(room) != 0) {
    node_->ignore(channel_of(*node_, room));
  }
}

ShardedAdapter::ShardedAdapter(socketio::Namespace& nsp, const cluster::Bus& bus,
                               SubscriptionMode mode)
    : ClusterAdapter(nsp, bus), mode_(mode), rooms_(std::make_shared<RoomChannels>(node())) {
  watch_rooms(watch_of(mode));
}

void ShardedAdapter::update(std::string_view room) {
  node()->client().post([rooms = rooms_, room = std::string(room)] { rooms->update(room); });
}

bool ShardedAdapter::has_channel(std::string_view room) const {
  constexpr std::size_t length_of_socket_ids = 20;
  switch (mode_) {
    case SubscriptionMode::static_:
      return false;
    case SubscriptionMode::dynamic:
      return socketio::numeric_room_value(room) || wire::utf16(room).size() != length_of_socket_ids;
    case SubscriptionMode::dynamic_private:
      break;
  }
  return true;
}

void ShardedAdapter::tell(MessageType type, PayloadWriter data, const BroadcastOptions& options) {
  const std::string message = node()->codec().encode(type, data);
  if (type == MessageType::broadcast && options.rooms.size() == 1 &&
      has_channel(options.rooms.front())) {
    node()->publish(channel_of(*node(), options.rooms.front()), message);
  } else {
    node()->publish(message);
  }
}

}  // namespace sharded

std::function<std::unique_ptr<socketio::Adapter>(socketio::Namespace&)> sharded_adapter(
    std::shared_ptr<Redis> redis, ShardedAdapterOptions options) {
  if (redis == nullptr) {
    throw std::invalid_argument("sharded_adapter() needs a Redis");
  }
  const cluster::Bus bus = sharded::make_bus(redis->client(), options);
  return [redis = std::move(redis), bus, mode = options.subscription_mode](
             socketio::Namespace& nsp) -> std::unique_ptr<socketio::Adapter> {
    return std::make_unique<sharded::ShardedAdapter>(nsp, bus, mode);
  };
}

}  // namespace adapters
