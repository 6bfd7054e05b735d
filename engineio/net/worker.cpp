#include "engineio/net/worker.hpp"

#include <string>
#include <system_error>
#include <utility>

namespace engineio::net {

Worker::Worker(unsigned index, const Limits& limits, const ConnectionFactory& factory,
               bool io_uring, Callbacks callbacks)
    : loop_(index, limits),
      connections_(loop_, limits, factory, std::move(callbacks.hand_over), io_uring),
      greeter_(
          loop_, limits.http_head_timeout,
          [this, on_announced = std::move(callbacks.on_announced)](Incoming incoming) {
            on_announced(*this, std::move(incoming));
          },
          std::move(callbacks.on_refused)) {}

void Worker::listen(Descriptor socket, OnIncoming on_accept) {
  const auto shared = std::make_shared<const Descriptor>(std::move(socket));
  listeners_.push_back(listen_at(shared, on_accept));
  entrances_.push_back({.socket = shared, .on_accept = std::move(on_accept)});
}

std::unique_ptr<Listener> Worker::listen_at(Socket socket, const OnIncoming& on_accept) {
  return std::make_unique<Listener>(
      loop_, std::move(socket), [this, on_accept](Descriptor accepted, std::string remote_address) {
        on_accept(*this,
                  {.descriptor = std::move(accepted), .remote_address = std::move(remote_address)});
      });
}

void Worker::run() noexcept {
  loop_.run();
  stop_listening();
  greeter_.stop();
  connections_.stop();
  loop_.finish();
}

void Worker::stop_listening() {
  listening_ = false;
  socket_files_.clear();  // before the sockets close: from then on it may be another server's file
  listeners_.clear();
  stood_in_for_.clear();
}

void Worker::stand_in_for(const Worker& other) noexcept {
  if (!other.stalled()) {
    stood_in_for_.erase(&other);
    return;
  }
  if (&other == this || !listening_ || stood_in_for_.contains(&other)) {
    return;
  }
  Listeners& listeners = stood_in_for_[&other];
  try {
    for (const Entrance& entrance : other.entrances_) {
      if (auto socket = entrance.socket.lock()) {
        listeners.push_back(listen_at(std::move(socket), entrance.on_accept));
      }
    }
  } catch (const std::system_error&) {
    // The kernel has no room to watch more: who comes there waits.
  }
}

}  // namespace engineio::net
