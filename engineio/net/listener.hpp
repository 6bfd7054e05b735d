#pragma once

#include <functional>
#include <memory>
#include <string>

#include "engineio/net/descriptor.hpp"
#include "engineio/net/loop.hpp"
#include "engineio/net/poller.hpp"
#include "engineio/timers.hpp"

namespace engineio::net {

/// Accepts connections of a listening socket on one loop. Without free descriptors it pauses and
/// tries again, so that peers wait until others have left.
class Listener final : private Pollable {
 public:
  using OnAccept = std::function<void(Descriptor socket, std::string remote_address)>;

  /// `listening` may be shared with listeners on other loops: each connection comes to one of them.
  /// Throws std::system_error.
  Listener(Loop& loop, std::shared_ptr<const Descriptor> listening, OnAccept on_accept);
  ~Listener();

 private:
  void on_ready(Readiness ready) override;
  bool accept_one();
  void pause();

  Loop& loop_;
  std::shared_ptr<const Descriptor> listening_;
  OnAccept on_accept_;
  Timer retry_;
};

}  // namespace engineio::net
