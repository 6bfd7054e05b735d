#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engineio/function.hpp"
#include "socketio/ack.hpp"
#include "socketio/broadcast_operator.hpp"
#include "socketio/options.hpp"
#include "socketio/packet.hpp"
#include "socketio/value.hpp"
#include "socketio/writer.hpp"

namespace socketio {

class Namespace;

namespace detail {
class NamespaceShard;
}  // namespace detail

/// What connection state recovery keeps of a socket.
struct SessionState {
  std::string sid;
  std::string pid;  ///< private id: the credential of the session
  std::vector<std::string> rooms;
  Value data;
};

/// A packet that was encoded once and goes to many, of whatever shard.
using SharedPacket = std::shared_ptr<const EncodedPacket>;

/// A session that is back, with what it missed.
struct RestoredSession {
  SessionState state;
  std::vector<SharedPacket> missed;  ///< in order; see Adapter::encode()
  std::uint64_t position = 0;        ///< for Adapter::missed_since()
};
using RestoreCallback = engineio::Function<void(std::optional<RestoredSession>)>;

/// A number as a room. JavaScript tells the room 5 from the room "5", and so do the other servers
/// of a cluster: `numeric_room(5)` is the name of the former here.
[[nodiscard]] std::string numeric_room(double number);
/// The number, if `room` was made by numeric_room(): for the adapters that talk to others.
[[nodiscard]] std::optional<double> numeric_room_value(std::string_view room);
/// A room as it appears in packets: a number or a string. nullopt for other values.
[[nodiscard]] std::optional<std::string> room_from_value(const Value& value);
[[nodiscard]] Value room_to_value(std::string_view room);

/// Where the rooms of one namespace live and how its broadcasts travel. This is the one for a
/// single process: it delivers to the sockets of all shards. It is the base class of those that
/// connect servers to a cluster: they override a function to tell the other servers, and call the
/// base's for the sockets of this one (also for what they hear from others).
///
/// Every function may be called from any thread. Callbacks come on any thread, maybe before the
/// call returns. A payload is `[event, args…]`, and is written as often as it is needed: an adapter
/// writes it again in its own format.
class Adapter {
 public:
  explicit Adapter(Namespace& nsp);
  virtual ~Adapter();
  Adapter(const Adapter&) = delete;
  Adapter& operator=(const Adapter&) = delete;

  [[nodiscard]] Namespace& nsp() const noexcept { return nsp_; }

  /// The namespace exists and nothing has happened in it yet.
  virtual void init() {}
  /// The namespace or the server goes away. Nothing is called after it.
  virtual void close() {}

  /// How many servers have this namespace, this one included.
  virtual void server_count(engineio::Function<void(std::size_t)> callback);

  virtual void broadcast(PayloadWriter payload, const BroadcastOptions& options);

  /// `on_client_count` is called once for each server, with the number of its clients that were
  /// asked; `on_answer` once for each answer, with its first argument (null where there was none).
  struct AckRequest {
    engineio::Function<void(std::size_t)> on_client_count;
    engineio::Function<void(Value)> on_answer;
  };
  /// The result names the request for forget_acks(). The callbacks may come from several threads at
  /// once.
  virtual std::uint64_t broadcast_with_ack(PayloadWriter payload, const BroadcastOptions& options,
                                           AckRequest request);
  /// Answers to this request are not wanted any more. `callback` gets the ids of the sockets of
  /// this server that still owe one.
  void forget_acks(std::uint64_t request,
                   engineio::Function<void(std::vector<std::string>)> callback);

  virtual void sockets_join(const BroadcastOptions& options, const std::vector<std::string>& rooms);
  virtual void sockets_leave(const BroadcastOptions& options,
                             const std::vector<std::string>& rooms);
  virtual void disconnect_sockets(const BroadcastOptions& options, bool close);

  struct Descriptions {
    std::string error;  ///< empty, or why it is not complete
    std::vector<SocketDescription> sockets;
  };
  virtual void fetch_sockets(const BroadcastOptions& options,
                             engineio::Function<void(Descriptions)> callback);

  /// Sends an event to the namespace objects of the other servers. `callback`, where there is one,
  /// gets their answers. There are no others here: it gets none.
  virtual void server_side_emit(PayloadWriter payload, AckResultsCallback callback);

  struct RoomNames {
    std::string error;
    std::vector<std::string> rooms;  ///< the own rooms of the sockets among them
  };
  virtual void all_rooms(engineio::Function<void(RoomNames)> callback);

  /// Of the clients that are in the rooms here: see BroadcastOptions.
  void count_local(const BroadcastOptions& options, engineio::Function<void(std::size_t)> callback);

  // Connection state recovery. Only called when Options::connection_state_recovery is set. Without
  // an override nothing can be restored.

  virtual void persist_session(SessionState session);
  virtual void restore_session(const std::string& pid, const std::string& offset,
                               RestoreCallback callback);
  /// What the session has missed since it was restored, while middlewares were running. Moves its
  /// position on.
  virtual std::vector<SharedPacket> missed_since(RestoredSession& session);
  /// Once a minute, on the first shard: what is too old may be forgotten.
  virtual void expire() {}

  // For adapters that watch rooms. Rooms are counted over all shards of this process.

  enum class RoomWatch : std::uint8_t { none, rooms, rooms_and_own_rooms };
  /// Called one at a time, on the shard where it happened; must be quick.
  virtual void on_room_created(std::string_view /*room*/) {}
  virtual void on_room_deleted(std::string_view /*room*/) {}

  /// Whether a client of this process is in the room. Needs the watch.
  [[nodiscard]] bool has_local_room(std::string_view room) const;

 protected:
  /// Which rooms on_room_created(), on_room_deleted() and has_local_room() are about. From the
  /// constructor.
  void watch_rooms(RoomWatch watch) noexcept { watch_ = watch; }

  /// Options::connection_state_recovery of the server.
  [[nodiscard]] const std::optional<Recovery>& recovery() const noexcept;

  /// An event as clients of this server get it: `payload` writes `[event, args…]`.
  [[nodiscard]] SharedPacket encode(PayloadWriter payload) const;

  /// An event of another server has arrived for this namespace: calls the handlers of
  /// Namespace::on_server_event() on the first shard. `reply` is null or takes `[args…]`.
  void deliver_server_event(Array event_and_arguments, std::shared_ptr<AckChannel> reply);

 private:
  friend class detail::NamespaceShard;

  void room_created(std::string_view room, bool own);
  void room_deleted(std::string_view room, bool own);

  Namespace& nsp_;
  RoomWatch watch_ = RoomWatch::none;
  mutable std::mutex rooms_mutex_;
  std::unordered_map<std::string, std::size_t> shards_with_room_;
};

}  // namespace socketio
