#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engineio/shard_link.hpp"
#include "socketio/adapter.hpp"
#include "socketio/detail/handler_lists.hpp"
#include "socketio/detail/registry.hpp"
#include "socketio/middleware.hpp"
#include "socketio/value.hpp"

namespace socketio::detail {

class Client;

/// One CONNECT packet, until it is answered: finds the namespace, restores the state, runs the
/// middlewares, joins. Each of these may take its time. On the client's shard, but for proceed().
class ConnectAttempt final : public Next::Chain,
                             public std::enable_shared_from_this<ConnectAttempt> {
 public:
  /// `auth`: the payload of the CONNECT, an object, or null where there was none.
  ConnectAttempt(std::shared_ptr<Client> client, std::string_view name, Value auth);
  ~ConnectAttempt() override;

  [[nodiscard]] const std::string& name() const noexcept { return name_; }

  void start();
  void proceed(std::size_t position, std::optional<ConnectError> error) override;
  /// The connection has closed.
  void cancel();

 private:
  void try_parent(std::size_t index);
  void on_match(std::size_t index, bool accepted);
  void enter(std::shared_ptr<Namespace> nsp);
  void restore();
  void make_socket(std::optional<RestoredSession> session);
  void run_middleware(std::size_t position);
  void join();
  void send_missed();
  void send_connect();
  void refuse(const ConnectError& error);
  void refuse_invalid_namespace();
  void end();

  /// Runs `step(*this)` on the client's shard, now if this is it, unless the attempt or the server
  /// has ended.
  template <class Step>
  void on_shard(Step step);

  std::shared_ptr<Client> client_;
  std::shared_ptr<engineio::ShardLink> link_;
  std::string name_;
  Value auth_;
  std::shared_ptr<const Registry::Parents> parents_;
  std::size_t matching_ = 0;  // the parent that is asked
  std::shared_ptr<Namespace> nsp_;
  std::shared_ptr<const HandlerLists> handlers_;
  std::optional<RestoredSession> session_;
  std::shared_ptr<Socket> socket_;
  std::size_t running_ = 0;  // the middleware that has not called next yet
  bool ended_ = false;
};

}  // namespace socketio::detail
