#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engineio/options.hpp"
#include "socketio/adapter.hpp"
#include "socketio/broadcast_operator.hpp"
#include "socketio/detail/outgoing.hpp"
#include "socketio/detail/room_table.hpp"
#include "socketio/handler.hpp"
#include "socketio/socket.hpp"

namespace socketio::detail {

class ServerCore;
struct HandlerLists;
struct ShardContext;

/// A packet for many sockets, on its way to the shards. Immutable. Does not keep the namespace,
/// which may itself keep the packet (RecoveryLog).
struct SharedBroadcast {
  SharedBroadcast(SharedPacket its_packet, BroadcastOptions its_options);

  SharedPacket packet;
  BroadcastOptions options;
  std::size_t bytes;  ///< of the packet and the names of rooms
};

/// Broadcasts that must arrive on every shard in one order. Filled by any thread, under one mutex
/// of the namespace, so that all shards get the same order; emptied by its shard.
class OrderedInbox {
 public:
  struct Item {
    std::uint64_t position;
    std::shared_ptr<const SharedBroadcast> broadcast;
  };

  enum class Push {
    waiting,  ///< others wait already, so the shard has been told
    first,    ///< the shard has to be told; if it cannot be, take() what waits: it is lost
    refused,  ///< as many wait as a mailbox may hold
  };

  /// Under the mutex.
  [[nodiscard]] Push push(Item item, const engineio::Limits& limits);
  [[nodiscard]] bool has_items() const noexcept {
    return has_items_.load(std::memory_order_acquire);
  }
  /// Under the mutex.
  [[nodiscard]] std::vector<Item> take();

 private:
  std::atomic<bool> has_items_ = false;
  std::vector<Item> items_;
  std::size_t bytes_ = 0;
};

/// The sockets and rooms of one namespace on one shard. On that shard's thread only.
class NamespaceShard {
 public:
  NamespaceShard(Namespace& nsp, ServerCore& core, ShardContext& context);
  ~NamespaceShard();
  NamespaceShard(const NamespaceShard&) = delete;
  NamespaceShard& operator=(const NamespaceShard&) = delete;

  [[nodiscard]] Namespace& nsp() const noexcept { return nsp_; }
  [[nodiscard]] ServerCore& core() const noexcept { return core_; }
  [[nodiscard]] ShardContext& context() const noexcept { return context_; }

  /// The socket has connected: it joins its own room and is found from now on.
  void add(Socket& socket);
  /// It leaves all rooms and is not found any more.
  void remove(Socket& socket);
  [[nodiscard]] const std::vector<Socket*>& sockets() const noexcept { return sockets_; }
  /// Any thread.
  [[nodiscard]] bool has_sockets() const noexcept {
    return has_sockets_.load(std::memory_order_acquire);
  }

  void join(Socket& socket, std::string_view room);
  void leave(Socket& socket, std::string_view room);
  void leave_all(Socket& socket);
  [[nodiscard]] std::vector<std::string> rooms_of(const Socket& socket) const;
  void for_each_room(const std::function<void(const std::string&)>& visit) const;

  /// The connected sockets that `options` mean, each once.
  [[nodiscard]] std::vector<Socket*> select(const BroadcastOptions& options);

  void broadcast(const EncodedPacket& packet, const BroadcastOptions& options);
  /// Sends, and makes each socket owe an answer under `ack_id`. Returns their number.
  std::size_t broadcast_with_ack(const EncodedPacket& packet, const BroadcastOptions& options,
                                 std::uint64_t ack_id,
                                 const std::shared_ptr<engineio::Function<void(Value)>>& on_answer);
  /// The sockets that owe it do not any more; their ids.
  [[nodiscard]] std::vector<std::string> forget_ack(std::uint64_t ack_id);

  /// The inbox of broadcasts in order, and the mutex it is filled under.
  [[nodiscard]] OrderedInbox& inbox() noexcept { return inbox_; }
  void set_inbox_mutex(std::mutex& mutex) noexcept { inbox_mutex_ = &mutex; }
  /// Delivers what is in the inbox. Whatever goes to a socket of this shard goes behind it.
  void drain_inbox() {
    if (inbox_.has_items() && !draining_) {
      deliver_inbox();
    }
  }

  /// Runs the handlers that all sockets share.
  void dispatch(IncomingEvent& event, std::size_t hash);

 private:
  void deliver_inbox();
  void deliver(const OrderedInbox::Item& item);
  template <class Deliver>
  void for_each_selected(const BroadcastOptions& options, Deliver&& deliver);
  void mark_excluded(const BroadcastOptions& options, std::uint64_t mark);
  void select_room(std::string_view room, std::uint64_t mark, std::vector<Socket*>& out);
  [[nodiscard]] Socket* find_own_room(std::string_view room) const;
  void refresh_handlers();

  Namespace& nsp_;
  ServerCore& core_;
  ShardContext& context_;

  std::vector<Socket*> sockets_;
  std::atomic<bool> has_sockets_ = false;
  std::unordered_map<std::string_view, Socket*> by_id_;
  RoomTable rooms_;
  std::uint64_t last_mark_ = 0;
  std::vector<Socket*> selection_;  // memory for the next one

  OrderedInbox inbox_;
  std::mutex* inbox_mutex_ = nullptr;
  bool draining_ = false;

  std::shared_ptr<const HandlerLists> handlers_;
  std::uint64_t handlers_version_ = static_cast<std::uint64_t>(-1);
  unsigned dispatching_ = 0;
};

}  // namespace socketio::detail
