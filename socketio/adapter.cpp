#include "socketio/adapter.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <set>
#include <utility>

#include "socketio/detail/gather.hpp"
#include "socketio/detail/namespace_access.hpp"
#include "socketio/detail/server_core.hpp"
#include "socketio/detail/socket_access.hpp"
#include "socketio/detail/value_size.hpp"
#include "socketio/namespace.hpp"

namespace socketio {

using detail::NamespaceAccess;
using detail::NamespaceShard;
using detail::ServerCore;

// --- Room names ---------------------------------------------------------------------------------

namespace {

/// No client and no application names a room like this by accident.
constexpr std::string_view numeric_prefix("\0#", 2);

}  // namespace

std::string numeric_room(double number) {
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  return std::string(numeric_prefix) + std::string(digits.data(), end);
}

std::optional<double> numeric_room_value(std::string_view room) {
  if (!room.starts_with(numeric_prefix)) {
    return std::nullopt;
  }
  double number = 0;
  const auto result =
      std::from_chars(room.data() + numeric_prefix.size(), room.data() + room.size(), number);
  if (result.ec != std::errc() || result.ptr != room.data() + room.size()) {
    return std::nullopt;
  }
  return number;
}

std::optional<std::string> room_from_value(const Value& value) {
  if (const auto text = value.as_string()) {
    return std::string(*text);
  }
  if (const auto number = value.as_double()) {
    return numeric_room(*number);
  }
  return std::nullopt;
}

Value room_to_value(std::string_view room) {
  const auto number = numeric_room_value(room);
  return number ? Value(*number) : Value(room);
}

// --- Broadcasts ---------------------------------------------------------------------------------

namespace {

/// Runs `act(shard)` on every shard of the namespace that has sockets: now on this one.
template <class Act>
void on_every_shard(Namespace& nsp, const Act& act) {
  ServerCore& core = NamespaceAccess::core(nsp);
  detail::ShardContext* here = core.current();
  for (std::size_t i = 0; i < core.shard_count(); ++i) {
    NamespaceShard& shard = NamespaceAccess::shard(nsp, i);
    if (&shard.context() != here && shard.has_sockets()) {
      core.post(shard.context(), [keep = nsp.shared_from_this(), &shard, act] { act(shard); });
    }
  }
  if (here != nullptr) {
    act(NamespaceAccess::shard(nsp, here->shard.index()));
  }
}

}  // namespace

Adapter::Adapter(Namespace& nsp) : nsp_(nsp) {}

Adapter::~Adapter() = default;

SharedPacket Adapter::encode(PayloadWriter payload) const {
  auto packet = std::make_shared<EncodedPacket>();
  NamespaceAccess::core(nsp_).parser().encode({.type = PacketType::event, .nsp = nsp_.name()},
                                              payload, *packet);
  return packet;
}

void Adapter::broadcast(PayloadWriter payload, const BroadcastOptions& options) {
  ServerCore& core = NamespaceAccess::core(nsp_);
  detail::PacketBuffer buffer;
  buffer.encode(core.parser(), {.type = PacketType::event, .nsp = nsp_.name()}, payload);

  detail::ShardContext* here = core.current();
  std::shared_ptr<const detail::SharedBroadcast> shared;  // for the other shards, if they need it
  for (std::size_t i = 0; i < core.shard_count(); ++i) {
    NamespaceShard& shard = NamespaceAccess::shard(nsp_, i);
    if (&shard.context() == here || !shard.has_sockets()) {
      continue;
    }
    if (shared == nullptr) {
      shared = std::make_shared<const detail::SharedBroadcast>(
          std::make_shared<EncodedPacket>(buffer.packet()), options);
    }
    core.post(
        shard.context(),
        [&shard, shared, keep = nsp_.shared_from_this()] {
          shard.broadcast(*shared->packet, shared->options);
        },
        shared->bytes);
  }
  if (here != nullptr) {
    NamespaceAccess::shard(nsp_, here->shard.index()).broadcast(buffer.packet(), options);
  }
}

std::uint64_t Adapter::broadcast_with_ack(PayloadWriter payload, const BroadcastOptions& options,
                                          AckRequest request) {
  ServerCore& core = NamespaceAccess::core(nsp_);
  const std::uint64_t id = NamespaceAccess::next_ack_id(nsp_);
  auto packet = std::make_shared<EncodedPacket>();
  core.parser().encode({.type = PacketType::event, .nsp = nsp_.name(), .id = id}, payload, *packet);
  const auto shared = std::make_shared<const detail::SharedBroadcast>(std::move(packet), options);
  const auto on_answer =
      std::make_shared<engineio::Function<void(Value)>>(std::move(request.on_answer));
  detail::gather<std::size_t>(
      nsp_,
      [shared, id, on_answer](NamespaceShard& shard) {
        return shard.broadcast_with_ack(*shared->packet, shared->options, id, on_answer);
      },
      [on_count = std::move(request.on_client_count)](std::vector<std::size_t> counts) mutable {
        std::size_t sum = 0;
        for (const std::size_t count : counts) {
          sum += count;
        }
        on_count(sum);
      },
      shared->bytes);
  return id;
}

void Adapter::forget_acks(std::uint64_t request,
                          engineio::Function<void(std::vector<std::string>)> callback) {
  detail::gather<std::vector<std::string>>(
      nsp_, [request](NamespaceShard& shard) { return shard.forget_ack(request); },
      [callback = std::move(callback)](auto parts) mutable {
        callback(detail::flatten(std::move(parts)));
      });
}

// --- Sockets from afar --------------------------------------------------------------------------

void Adapter::sockets_join(const BroadcastOptions& options, const std::vector<std::string>& rooms) {
  on_every_shard(nsp_, [options, rooms](NamespaceShard& shard) {
    for (Socket* socket : shard.select(options)) {
      for (const std::string& room : rooms) {
        shard.join(*socket, room);
      }
    }
  });
}

void Adapter::sockets_leave(const BroadcastOptions& options,
                            const std::vector<std::string>& rooms) {
  on_every_shard(nsp_, [options, rooms](NamespaceShard& shard) {
    for (Socket* socket : shard.select(options)) {
      for (const std::string& room : rooms) {
        shard.leave(*socket, room);
      }
    }
  });
}

void Adapter::disconnect_sockets(const BroadcastOptions& options, bool close) {
  on_every_shard(nsp_, [options, close](NamespaceShard& shard) {
    for (Socket* socket : shard.select(options)) {
      socket->disconnect(close);
    }
  });
}

void Adapter::fetch_sockets(const BroadcastOptions& options,
                            engineio::Function<void(Descriptions)> callback) {
  detail::gather<std::vector<SocketDescription>>(
      nsp_,
      [options](NamespaceShard& shard) {
        std::vector<SocketDescription> descriptions;
        for (Socket* socket : shard.select(options)) {
          descriptions.push_back(
              {socket->id(), socket->handshake(), socket->rooms(), socket->data()});
        }
        return descriptions;
      },
      [callback = std::move(callback)](auto parts) mutable {
        callback({"", detail::flatten(std::move(parts))});
      });
}

void Adapter::count_local(const BroadcastOptions& options,
                          engineio::Function<void(std::size_t)> callback) {
  detail::gather<std::size_t>(
      nsp_, [options](NamespaceShard& shard) { return shard.select(options).size(); },
      [callback = std::move(callback)](std::vector<std::size_t> counts) mutable {
        std::size_t sum = 0;
        for (const std::size_t count : counts) {
          sum += count;
        }
        callback(sum);
      });
}

void Adapter::all_rooms(engineio::Function<void(RoomNames)> callback) {
  detail::gather<std::vector<std::string>>(
      nsp_,
      [](NamespaceShard& shard) {
        std::vector<std::string> rooms;
        shard.for_each_room([&](const std::string& room) { rooms.push_back(room); });
        return rooms;
      },
      [callback = std::move(callback)](auto parts) mutable {
        auto rooms = detail::flatten(std::move(parts));
        const std::set<std::string> unique(rooms.begin(), rooms.end());
        callback({"", {unique.begin(), unique.end()}});
      });
}

// --- Other servers: there are none --------------------------------------------------------------

void Adapter::server_count(engineio::Function<void(std::size_t)> callback) { callback(1); }

void Adapter::server_side_emit(PayloadWriter, AckResultsCallback callback) {
  if (callback) {
    callback({});
  }
}

void Adapter::deliver_server_event(Array event_and_arguments, std::shared_ptr<AckChannel> reply) {
  ServerCore& core = NamespaceAccess::core(nsp_);
  const std::size_t bytes = detail::bytes_of(event_and_arguments);
  core.post(
      core.context(0),
      [nsp = nsp_.shared_from_this(), values = std::move(event_and_arguments),
       reply = std::move(reply)] { NamespaceAccess::deliver_server_event(*nsp, values, reply); },
      bytes);
}

const std::optional<Recovery>& Adapter::recovery() const noexcept {
  return NamespaceAccess::core(nsp_).options().connection_state_recovery;
}

void Adapter::persist_session(SessionState) {}

void Adapter::restore_session(const std::string&, const std::string&, RestoreCallback callback) {
  callback(std::nullopt);
}

std::vector<SharedPacket> Adapter::missed_since(RestoredSession&) { return {}; }

// --- The watch over rooms -----------------------------------------------------------------------

bool Adapter::has_local_room(std::string_view room) const {
  const std::lock_guard lock(rooms_mutex_);
  return shards_with_room_.contains(std::string(room));
}

void Adapter::room_created(std::string_view room, bool own) {
  if (watch_ == RoomWatch::none || (own && watch_ == RoomWatch::rooms)) {
    return;
  }
  const std::lock_guard lock(rooms_mutex_);
  if (++shards_with_room_[std::string(room)] == 1) {
    on_room_created(room);
  }
}

void Adapter::room_deleted(std::string_view room, bool own) {
  if (watch_ == RoomWatch::none || (own && watch_ == RoomWatch::rooms)) {
    return;
  }
  const std::lock_guard lock(rooms_mutex_);
  const auto found = shards_with_room_.find(std::string(room));
  if (found != shards_with_room_.end() && --found->second == 0) {
    shards_with_room_.erase(found);
    on_room_deleted(room);
  }
}

}  // namespace socketio
