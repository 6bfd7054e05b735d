#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "engineio/net/connections.hpp"
#include "engineio/net/descriptor.hpp"
#include "engineio/net/listener.hpp"
#include "engineio/net/listening_socket.hpp"
#include "engineio/net/loop.hpp"
#include "engineio/net/proxy_greeter.hpp"
#include "engineio/options.hpp"

namespace engineio::net {

/// One loop of a LoopGroup, and what lives on it. A worker that does not come back from a handler
/// is stalled: meanwhile the others accept the connections that the kernel gives to it.
class Worker {
 public:
  /// What becomes of a connection that has come to `worker`. Runs on its thread; the workers share
  /// it.
  using OnIncoming = std::function<void(Worker& worker, Incoming incoming)>;

  struct Callbacks {
    Connections::Handover hand_over;
    OnIncoming on_announced;
    ProxyGreeter::OnRefused on_refused;
  };

  Worker(unsigned index, const Limits& limits, const ConnectionFactory& factory, bool io_uring,
         Callbacks callbacks);

  [[nodiscard]] Loop& loop() noexcept { return loop_; }

  // Before run()

  void listen(Descriptor socket, OnIncoming on_accept);  ///< throws std::system_error
  void keep(SocketFile file) { socket_files_.push_back(std::move(file)); }

  /// Runs the loop on the calling thread until it is stopped, and ends what lives on it.
  void run() noexcept;

  // On its thread

  void greet(Incoming incoming) { greeter_.add(std::move(incoming)); }
  void add(Incoming incoming) { connections_.add(std::move(incoming)); }
  void stop_listening();

  /// Begins to accept what comes to `other` if that is stalled, and ends it if it is not any more.
  void stand_in_for(const Worker& other) noexcept;

  // Any thread

  void set_stalled(bool stalled) noexcept { stalled_.store(stalled, std::memory_order_relaxed); }
  [[nodiscard]] bool stalled() const noexcept { return stalled_.load(std::memory_order_relaxed); }

 private:
  using Socket = std::shared_ptr<const Descriptor>;
  using Listeners = std::vector<std::unique_ptr<Listener>>;

  struct Entrance {
    Socket::weak_type socket;  // it closes with its last listener
    OnIncoming on_accept;
  };

  [[nodiscard]] std::unique_ptr<Listener> listen_at(Socket socket, const OnIncoming& on_accept);

  Loop loop_;
  Connections connections_;
  ProxyGreeter greeter_;
  std::vector<Entrance> entrances_;  // other threads read it: as of run() it stays as it is
  Listeners listeners_;
  std::map<const Worker*, Listeners> stood_in_for_;
  std::vector<SocketFile> socket_files_;
  bool listening_ = true;
  std::atomic<bool> stalled_ = false;
};

}  // namespace engineio::net
