#pragma once

#include <memory>

#include "adapters/classic/classic_bus.hpp"
#include "adapters/redis_adapter.hpp"
#include "adapters/redis_client.hpp"
#include "adapters/wire/ids.hpp"
#include "socketio/adapter.hpp"

namespace adapters::classic {

/// A namespace of this server as one of a cluster that speaks `createAdapter()`.
///
/// Whatever is for the clients of this server is done at once, whatever Redis does; and it is told
/// to the others. That holds for joins, leaves and disconnects, too. A Node server acts on its own
/// clients when its message comes back from Redis; others do not see a difference, since nothing
/// answers these requests, and here a Redis that is away does not keep a server from disconnecting
/// its own clients. So the messages of this server that come back are all skipped.
class ClassicAdapter final : public socketio::Adapter {
 public:
  ClassicAdapter(socketio::Namespace& nsp, std::shared_ptr<redis::Client> client,
                 RedisAdapterOptions options, wire::IdGenerator make_id = wire::short_id);
  ~ClassicAdapter() override;

  void init() override;
  void close() override;
  void server_count(engineio::Function<void(std::size_t)> callback) override;
  void broadcast(socketio::PayloadWriter payload,
                 const socketio::BroadcastOptions& options) override;
  std::uint64_t broadcast_with_ack(socketio::PayloadWriter payload,
                                   const socketio::BroadcastOptions& options,
                                   AckRequest request) override;
  void sockets_join(const socketio::BroadcastOptions& options,
                    const std::vector<std::string>& rooms) override;
  void sockets_leave(const socketio::BroadcastOptions& options,
                     const std::vector<std::string>& rooms) override;
  void disconnect_sockets(const socketio::BroadcastOptions& options, bool close) override;
  void fetch_sockets(const socketio::BroadcastOptions& options,
                     engineio::Function<void(Descriptions)> callback) override;
  void server_side_emit(socketio::PayloadWriter payload,
                        socketio::AckResultsCallback callback) override;
  void all_rooms(engineio::Function<void(RoomNames)> callback) override;

  /// An event of another server.
  void deliver_event(socketio::Array event_and_arguments,
                     std::shared_ptr<socketio::AckChannel> reply) {
    deliver_server_event(std::move(event_and_arguments), std::move(reply));
  }

 private:
  void request(const std::string& message) { bus_->publish(bus_->channels().request, message); }

  const std::shared_ptr<redis::Client> client_;
  const std::shared_ptr<ClassicBus> bus_;
};

}  // namespace adapters::classic
