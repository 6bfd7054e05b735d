#include "engineio/net/listener.hpp"

#include <cerrno>
#include <chrono>
#include <system_error>
#include <utility>

#include <sys/socket.h>

#include "engineio/net/socket.hpp"

namespace engineio::net {

namespace {

// More wait for the next turn, behind the connections that are there already.
constexpr int max_accepts = 64;

constexpr std::chrono::milliseconds pause_without_descriptors{100};

/// Whether the machine has run out of something. Everything else is the fault of one connection,
/// which is gone, or means that none waits.
bool out_of_resources(int error) noexcept {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

Listener::Listener(Loop& loop, std::shared_ptr<const Descriptor> listening, OnAccept on_accept)
    : loop_(loop), listening_(std::move(listening)), on_accept_(std::move(on_accept)) {
  if (!loop_.poller().add(listening_->number(), *this, {.read = true})) {
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
  }
}

Listener::~Listener() { loop_.poller().remove(listening_->number()); }

void Listener::on_ready(Readiness) {
  for (int i = 0; i < max_accepts; ++i) {
    if (!accept_one()) {
      return;
    }
  }
  loop_.input_left();
}

/// Returns whether to try the next one.
bool Listener::accept_one() {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  Descriptor socket(::accept4(listening_->number(), reinterpret_cast<sockaddr*>(&address), &size,
                              SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (socket) {
    on_accept_(std::move(socket), to_string(address));
    return true;
  }
  if (out_of_resources(errno)) {
    pause();
    return false;
  }
  return errno != EAGAIN && errno != EINVAL;
}

void Listener::pause() {
  loop_.poller().change(listening_->number(), *this, {});
  loop_.timers().start(retry_, loop_.now() + pause_without_descriptors, [this] {
    loop_.poller().change(listening_->number(), *this, {.read = true});
  });
}

}  // namespace engineio::net
