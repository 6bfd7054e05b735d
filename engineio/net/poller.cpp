#include "engineio/net/poller.hpp"

#include <cerrno>
#include <cstdint>
#include <system_error>

#include <sys/epoll.h>

namespace engineio::net {

namespace {

epoll_event event_for(Pollable& pollable, Readiness wanted) noexcept {
  epoll_event event{};
  event.events =
      (wanted.read ? std::uint32_t{EPOLLIN} : 0U) | (wanted.write ? std::uint32_t{EPOLLOUT} : 0U);
  event.data.ptr = &pollable;
  return event;
}

Readiness readiness_of(const epoll_event& event) noexcept {
  return {.read = (event.events & EPOLLIN) != 0,
          .write = (event.events & EPOLLOUT) != 0,
          .hangup = (event.events & (EPOLLERR | EPOLLHUP)) != 0};
}

}  // namespace

Poller::Poller()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)), events_(std::make_unique<epoll_event[]>(batch)) {
  if (!epoll_) {
    throw std::system_error(errno, std::generic_category(), "epoll_create1");
  }
}

Poller::~Poller() = default;

bool Poller::add(int descriptor, Pollable& pollable, Readiness wanted) noexcept {
  epoll_event event = event_for(pollable, wanted);
  const bool added = ::epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, descriptor, &event) == 0;
  size_ += added ? 1 : 0;
  return added;
}

void Poller::change(int descriptor, Pollable& pollable, Readiness wanted) noexcept {
  epoll_event event = event_for(pollable, wanted);
  ::epoll_ctl(epoll_.number(), EPOLL_CTL_MOD, descriptor, &event);
}

void Poller::remove(int descriptor) noexcept {
  if (::epoll_ctl(epoll_.number(), EPOLL_CTL_DEL, descriptor, nullptr) == 0) {
    --size_;
  }
}

std::size_t Poller::poll() {
  const int count = ::epoll_wait(epoll_.number(), events_.get(), static_cast<int>(batch), 0);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events_[static_cast<std::size_t>(i)];
    static_cast<Pollable*>(event.data.ptr)->on_ready(readiness_of(event));
  }
  return count < 0 ? 0 : static_cast<std::size_t>(count);
}

}  // namespace engineio::net
