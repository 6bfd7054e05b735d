#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/redis.hpp"
#include "socketio/arguments.hpp"
#include "socketio/broadcast_operator.hpp"
#include "socketio/writer.hpp"

namespace adapters {

/// What became of a message of an Emitter.
struct EmitResult {
  std::string error;         ///< empty, or why Redis did not take it
  std::int64_t servers = 0;  ///< that were told; in a Redis Cluster only some are counted

  explicit operator bool() const noexcept { return error.empty(); }
};

struct EmitterOptions {
  std::string key = "socket.io";  ///< that of the adapters: RedisAdapterOptions::key
  std::string nsp = "/";          ///< see Emitter::of()

  /// Told about each message when Redis has answered, on the client's thread. Empty: nobody is, and
  /// that costs least.
  std::function<void(const EmitResult&)> on_result = nullptr;
};

/// Sends to the clients of a cluster from a process that serves none: the same messages as
/// `@socket.io/redis-emitter` 5. For servers with redis_adapter() or Node's `createAdapter()`; the
/// sharded and the streams adapter do not hear it.
///
///     adapters::Emitter emitter(redis);
///     emitter.to("lobby").except("muted").emit("news", 42);
///     emitter.of("/admin").in("lobby").disconnect_sockets();
///
/// An immutable value, as BroadcastOperator is: to(), of() and the like return another one. Any
/// thread. Sending never waits and never fails here: while Redis is away messages wait
/// (RedisOptions::queued_commands), and nobody is told whether a client got them.
class Emitter {
 public:
  /// Throws std::invalid_argument when `redis` is null or the key is empty. The Redis is kept.
  explicit Emitter(std::shared_ptr<Redis> redis, EmitterOptions options = {});
  /// For tests: any client.
  Emitter(std::shared_ptr<redis::Client> client, EmitterOptions options);

  /// Another namespace: `/admin`, or `admin`. Rooms and flags begin anew.
  [[nodiscard]] Emitter of(std::string_view nsp) const;

  [[nodiscard]] Emitter to(socketio::RoomList rooms) const;
  /// The same as to().
  [[nodiscard]] Emitter in(socketio::RoomList rooms) const { return to(std::move(rooms)); }
  [[nodiscard]] Emitter except(socketio::RoomList rooms) const;
  /// Drops the event for whoever could not get it at once.
  [[nodiscard]] Emitter volatile_() const;
  [[nodiscard]] Emitter compress(bool enabled) const;

  /// Throws std::invalid_argument for a reserved event name, as Node does.
  template <class... Args>
  void emit(std::string_view event, const Args&... args) const {
    const auto write = [&](socketio::Writer& writer) {
      socketio::write_event(writer, event, args...);
    };
    emit_payload(event, write);
  }
  /// `payload` writes `[event, args…]`.
  void emit_payload(std::string_view event, socketio::PayloadWriter payload) const;

  void sockets_join(socketio::RoomList rooms) const;
  void sockets_leave(socketio::RoomList rooms) const;
  /// `close`: with their connections.
  void disconnect_sockets(bool close = false) const;

  /// An event for the servers themselves: Namespace::on_server_event(). They cannot answer.
  template <class... Args>
  void server_side_emit(std::string_view event, const Args&... args) const {
    const auto write = [&](socketio::Writer& writer) {
      socketio::write_event(writer, event, args...);
    };
    server_side_emit_payload(write);
  }
  void server_side_emit_payload(socketio::PayloadWriter payload) const;

 private:
  void publish(std::string_view channel, std::string_view message) const;
  void request(std::string_view message) const;

  std::shared_ptr<redis::Client> client_;
  std::shared_ptr<const EmitterOptions> shared_;  // but for the namespace
  std::string nsp_;
  socketio::BroadcastOptions options_;
};

}  // namespace adapters
