#include "socketio/detail/namespace_shard.hpp"

#include <algorithm>
#include <utility>

#include "socketio/detail/handler_lists.hpp"
#include "socketio/detail/namespace_access.hpp"
#include "socketio/detail/server_core.hpp"
#include "socketio/detail/socket_access.hpp"

namespace socketio::detail {

// --- Broadcasts on their way --------------------------------------------------------------------

SharedBroadcast::SharedBroadcast(SharedPacket its_packet, BroadcastOptions its_options)
    : packet(std::move(its_packet)), options(std::move(its_options)), bytes(packet->bytes()) {
  for (const auto* rooms : {&options.rooms, &options.except}) {
    for (const std::string& room : *rooms) {
      bytes += room.size();
    }
  }
}

OrderedInbox::Push OrderedInbox::push(Item item, const engineio::Limits& limits) {
  if (items_.size() >= limits.mailbox_tasks || bytes_ >= limits.mailbox_bytes) {
    return Push::refused;
  }
  bytes_ += item.broadcast->bytes;
  items_.push_back(std::move(item));
  return has_items_.exchange(true, std::memory_order_acq_rel) ? Push::waiting : Push::first;
}

std::vector<OrderedInbox::Item> OrderedInbox::take() {
  has_items_.store(false, std::memory_order_release);
  bytes_ = 0;
  return std::exchange(items_, {});
}

// --- Sockets ------------------------------------------------------------------------------------

NamespaceShard::NamespaceShard(Namespace& nsp, ServerCore& core, ShardContext& context)
    : nsp_(nsp), core_(core), context_(context) {}

NamespaceShard::~NamespaceShard() = default;

void NamespaceShard::add(Socket& socket) {
  SocketAccess::position(socket) = static_cast<std::uint32_t>(sockets_.size());
  sockets_.push_back(&socket);
  has_sockets_.store(true, std::memory_order_release);
  by_id_.insert_or_assign(socket.id(), &socket);
  SocketAccess::in_own_room(socket) = true;
  nsp_.adapter().room_created(socket.id(), true);
  context_.counters.sockets.add();
  NamespaceAccess::count_socket(nsp_, true);
}

void NamespaceShard::remove(Socket& socket) {
  leave_all(socket);
  const std::uint32_t position = SocketAccess::position(socket);
  sockets_[position] = sockets_.back();
  SocketAccess::position(*sockets_[position]) = position;
  sockets_.pop_back();
  has_sockets_.store(!sockets_.empty(), std::memory_order_release);
  if (const auto found = by_id_.find(socket.id());
      found != by_id_.end() && found->second == &socket) {
    by_id_.erase(found);
  }
  context_.counters.sockets.subtract();
  NamespaceAccess::count_socket(nsp_, false);
}

// --- Rooms --------------------------------------------------------------------------------------

void NamespaceShard::join(Socket& socket, std::string_view room) {
  if (room == socket.id() && socket.connected()) {
    if (!std::exchange(SocketAccess::in_own_room(socket), true)) {
      nsp_.adapter().room_created(room, true);
    }
    return;
  }
  const auto& memberships = SocketAccess::occupant(socket).memberships;
  if (memberships.size() >= core_.options().limits.rooms_per_socket) {
    context_.counters.refused_joins.add();
    return;
  }
  if (rooms_.join(SocketAccess::occupant(socket), room) == RoomTable::Joined::first_member) {
    nsp_.adapter().room_created(room, false);
  }
}

void NamespaceShard::leave(Socket& socket, std::string_view room) {
  if (room == socket.id() && std::exchange(SocketAccess::in_own_room(socket), false)) {
    nsp_.adapter().room_deleted(room, true);
  }
  if (rooms_.leave(SocketAccess::occupant(socket), room) == RoomTable::Left::last_member) {
    nsp_.adapter().room_deleted(room, false);
  }
}

void NamespaceShard::leave_all(Socket& socket) {
  if (std::exchange(SocketAccess::in_own_room(socket), false)) {
    nsp_.adapter().room_deleted(socket.id(), true);
  }
  rooms_.leave_all(SocketAccess::occupant(socket),
                   [this](const std::string& room) { nsp_.adapter().room_deleted(room, false); });
}

std::vector<std::string> NamespaceShard::rooms_of(const Socket& socket) const {
  std::vector<std::string> rooms;
  const auto& memberships = SocketAccess::occupant(socket).memberships;
  rooms.reserve(memberships.size() + 1);
  if (SocketAccess::in_own_room(socket)) {
    rooms.push_back(socket.id());
  }
  for (const Membership& membership : memberships) {
    if (const std::string& name = rooms_.name(membership); rooms.empty() || name != rooms.front()) {
      rooms.push_back(name);
    }
  }
  return rooms;
}

void NamespaceShard::for_each_room(const std::function<void(const std::string&)>& visit) const {
  for (const Socket* socket : sockets_) {
    if (SocketAccess::in_own_room(*socket)) {
      visit(socket->id());
    }
  }
  rooms_.for_each_name(visit);
}

// --- Selection ----------------------------------------------------------------------------------

Socket* NamespaceShard::find_own_room(std::string_view room) const {
  const auto found = by_id_.find(room);
  return found != by_id_.end() && SocketAccess::in_own_room(*found->second) ? found->second
                                                                            : nullptr;
}

void NamespaceShard::mark_excluded(const BroadcastOptions& options, std::uint64_t mark) {
  for (const std::string& room : options.except) {
    if (Socket* socket = find_own_room(room)) {
      SocketAccess::mark(*socket) = mark;
    }
    if (const RoomTable::Members* members = rooms_.find(room)) {
      for (const RoomTable::Member& member : *members) {
        SocketAccess::mark(SocketAccess::of(*member.occupant)) = mark;
      }
    }
  }
}

void NamespaceShard::select_room(std::string_view room, std::uint64_t mark,
                                 std::vector<Socket*>& out) {
  const auto select = [&](Socket& socket) {
    if (std::exchange(SocketAccess::mark(socket), mark) != mark && socket.connected()) {
      out.push_back(&socket);
    }
  };
  if (Socket* socket = find_own_room(room)) {
    select(*socket);
  }
  if (const RoomTable::Members* members = rooms_.find(room)) {
    for (const RoomTable::Member& member : *members) {
      select(SocketAccess::of(*member.occupant));
    }
  }
}

std::vector<Socket*> NamespaceShard::select(const BroadcastOptions& options) {
  // Delivery may run listeners that broadcast again: each selection has a memory of its own.
  std::vector<Socket*> selected = std::exchange(selection_, {});
  selected.clear();
  const std::uint64_t mark = ++last_mark_;
  mark_excluded(options, mark);
  if (!options.rooms.empty()) {
    for (const std::string& room : options.rooms) {
      select_room(room, mark, selected);
    }
  } else if (options.except.empty()) {
    selected.assign(sockets_.begin(), sockets_.end());
  } else {
    std::copy_if(sockets_.begin(), sockets_.end(), std::back_inserter(selected),
                 [mark](Socket* socket) { return SocketAccess::mark(*socket) != mark; });
  }
  return selected;
}

template <class Deliver>
void NamespaceShard::for_each_selected(const BroadcastOptions& options, Deliver&& deliver) {
  std::vector<Socket*> selected = select(options);
  // A listener may make sockets leave meanwhile; they are destroyed at the end of the turn.
  for (Socket* socket : selected) {
    if (socket->connected()) {
      deliver(*socket);
    }
  }
  selection_ = std::move(selected);
}

// --- Delivery -----------------------------------------------------------------------------------

void NamespaceShard::broadcast(const EncodedPacket& packet, const BroadcastOptions& options) {
  drain_inbox();
  if (sockets_.empty()) {
    return;
  }
  const OutgoingPacket outgoing(packet);
  const EmitFlags flags = options.emit_flags();
  for_each_selected(options,
                    [&](Socket& socket) { SocketAccess::deliver(socket, outgoing, flags); });
}

std::size_t NamespaceShard::broadcast_with_ack(
    const EncodedPacket& packet, const BroadcastOptions& options, std::uint64_t ack_id,
    const std::shared_ptr<engineio::Function<void(Value)>>& on_answer) {
  drain_inbox();
  const OutgoingPacket outgoing(packet);
  const EmitFlags flags = options.emit_flags();
  std::size_t count = 0;
  for_each_selected(options, [&](Socket& socket) {
    ++count;
    const auto answer = [on_answer](const AckResult& result) {
      (*on_answer)(result.arguments[0].to_value());
    };
    SocketAccess::expect_ack(socket, ack_id, answer, true, std::nullopt);
    SocketAccess::deliver(socket, outgoing, flags);
  });
  return count;
}

std::vector<std::string> NamespaceShard::forget_ack(std::uint64_t ack_id) {
  std::vector<std::string> missing;
  for (Socket* socket : sockets_) {
    if (SocketAccess::forget_ack(*socket, ack_id)) {
      missing.push_back(socket->id());
    }
  }
  return missing;
}

void NamespaceShard::deliver_inbox() {
  // What is broadcast by those who listen to outgoing events comes behind what is here.
  draining_ = true;
  while (inbox_.has_items()) {
    std::vector<OrderedInbox::Item> items;
    {
      const std::lock_guard lock(*inbox_mutex_);
      items = inbox_.take();
    }
    for (const OrderedInbox::Item& item : items) {
      deliver(item);
    }
  }
  draining_ = false;
}

void NamespaceShard::deliver(const OrderedInbox::Item& item) {
  if (sockets_.empty()) {
    return;
  }
  const OutgoingPacket outgoing(*item.broadcast->packet);
  const EmitFlags flags = item.broadcast->options.emit_flags();
  for_each_selected(item.broadcast->options, [&](Socket& socket) {
    const RareState* rare = SocketAccess::find_rare(socket);
    if (rare == nullptr || item.position > rare->replayed) {
      SocketAccess::deliver(socket, outgoing, flags);
    }
  });
}

// --- Shared handlers ----------------------------------------------------------------------------

void NamespaceShard::refresh_handlers() {
  const std::uint64_t version = NamespaceAccess::handlers_version(nsp_);
  if (version != handlers_version_ && dispatching_ == 0) {
    handlers_version_ = version;
    handlers_ = NamespaceAccess::handlers(nsp_);
  }
}

void NamespaceShard::dispatch(IncomingEvent& event, std::size_t hash) {
  refresh_handlers();
  ++dispatching_;
  for (const SharedHandler& shared : handlers_->events) {
    if (shared.event.is(hash, event.name()) &&
        !core_.contain("an event handler", [&] { (*shared.handler)(event); })) {
      event.fail();
    }
  }
  --dispatching_;
}

}  // namespace socketio::detail
