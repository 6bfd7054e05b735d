#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "engineio/shard_link.hpp"
#include "socketio/arguments.hpp"
#include "socketio/middleware.hpp"
#include "socketio/socket.hpp"

namespace socketio::detail {

/// One event on its way through the middlewares of its socket. Owns a copy of the event, since they
/// may change it and take their time.
class EventChain final : public Next::Chain, public std::enable_shared_from_this<EventChain> {
 public:
  /// On the socket's shard.
  static void start(Socket& socket, std::string_view name, const Arguments& arguments,
                    std::optional<std::uint64_t> ack_id);

  EventChain(Socket& socket, std::string_view name, const Arguments& arguments,
             std::optional<std::uint64_t> ack_id);

  void proceed(std::size_t position, std::optional<ConnectError> error) override;

 private:
  void run(std::size_t position);
  void on_proceed(std::size_t position, const std::optional<ConnectError>& error);
  void dispatch();

  std::shared_ptr<Socket> socket_;
  std::shared_ptr<engineio::ShardLink> link_;
  Event event_;
  std::optional<std::uint64_t> ack_id_;
  std::vector<std::shared_ptr<EventMiddleware>> middlewares_;
  std::size_t running_ = 0;
};

}  // namespace socketio::detail
