#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "engineio/function.hpp"
#include "socketio/value.hpp"

namespace socketio {

class Socket;

/// Why a middleware refuses. For a namespace's middleware it is what the client's `connect_error`
/// shows: `{"message":…,"data":…}`.
struct ConnectError {
  std::string message;
  std::optional<Value> data = std::nullopt;  ///< nullopt: no `data` at all
};

/// Goes on behind a middleware: `next()`, or `next(ConnectError{"unauthorized"})`. Copyable; from
/// any thread, at any time; the first call counts. One that is never called leaves the client
/// without an answer (until the connect timeout ends its connection).
class Next {
 public:
  /// What runs the middlewares, one after the other.
  class Chain {
   public:
    virtual ~Chain() = default;
    /// The middleware at `position` is done. Any thread.
    virtual void proceed(std::size_t position, std::optional<ConnectError> error) = 0;
  };

  Next(std::shared_ptr<Chain> chain, std::size_t position)
      : chain_(std::move(chain)), position_(position) {}

  void operator()() const { chain_->proceed(position_, std::nullopt); }
  void operator()(ConnectError error) const { chain_->proceed(position_, std::move(error)); }

 private:
  std::shared_ptr<Chain> chain_;
  std::size_t position_;
};

/// Decides whether a socket may join a namespace. On the socket's shard; shared by all shards, so
/// it may run on several at once.
using Middleware = engineio::Function<void(Socket&, Next)>;

/// An event on its way from a client to its handlers, for the middlewares of a socket, which may
/// change it.
struct Event {
  std::string name;
  Array arguments;
};

/// Decides whether an event of a socket reaches its handlers. `event` lives until the last copy of
/// `next` is gone. On the socket's shard.
using EventMiddleware = engineio::Function<void(Event& event, Next next)>;

}  // namespace socketio
