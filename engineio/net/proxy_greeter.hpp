#pragma once

#include <functional>
#include <memory>
#include <unordered_map>

#include "engineio/net/connection.hpp"
#include "engineio/net/loop.hpp"

namespace engineio::net {

/// The connections of one loop whose PROXY header has not come yet. Of the socket it reads that
/// header and nothing more, so that a connection, with or without TLS, begins as if there had been
/// none.
class ProxyGreeter {
 public:
  /// For a connection whose header has come: with the address that it announces.
  using OnAnnounced = std::function<void(Incoming incoming)>;
  /// For one that is closed because what came is no header, or none came in time.
  using OnRefused = std::function<void()>;

  ProxyGreeter(Loop& loop, Clock::duration timeout, OnAnnounced on_announced, OnRefused on_refused);
  ~ProxyGreeter();

  void add(Incoming incoming);

  /// Closes all that wait.
  void stop() noexcept;

 private:
  class Guest;

  void end(Guest& guest);

  Loop& loop_;
  const Clock::duration timeout_;
  const OnAnnounced on_announced_;
  const OnRefused on_refused_;
  std::unordered_map<const Guest*, std::unique_ptr<Guest>> guests_;
};

}  // namespace engineio::net
