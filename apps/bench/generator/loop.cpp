#include "apps/bench/generator/loop.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "apps/bench/generator/failure.hpp"

namespace bench {
namespace {

constexpr std::size_t scratch_bytes = 256 * 1024;
constexpr std::size_t events_per_turn = 1024;

timespec time_until(Time end) {
  const nanoseconds rest = std::max(nanoseconds(end - Clock::now()), nanoseconds(0));
  const auto seconds = std::chrono::floor<std::chrono::seconds>(rest);
  return {.tv_sec = seconds.count(), .tv_nsec = (rest - seconds).count()};
}

}  // namespace

Loop::Loop() : epoll_(epoll_create1(EPOLL_CLOEXEC)), scratch_(scratch_bytes) {
  check_system(epoll_ >= 0, "epoll_create1");
}

Loop::~Loop() { close(epoll_); }

void Loop::watch(int descriptor, Watcher& watcher) {
  epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLET, .data = {.ptr = &watcher}};
  check_system(epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) == 0, "epoll_ctl");
}

void Loop::turn(Time end) {
  now_ = Clock::now();
  flush_all();
  std::array<epoll_event, events_per_turn> events;
  const timespec timeout = time_until(end);
  const int count = epoll_pwait2(epoll_, events.data(), events.size(), &timeout, nullptr);
  check_system(count >= 0 || errno == EINTR, "epoll_pwait2");
  for (int i = 0; i < count; ++i) {
    now_ = Clock::now();
    static_cast<Watcher*>(events[static_cast<std::size_t>(i)].data.ptr)->on_ready();
    flush_all();
  }
}

void Loop::run_for(nanoseconds duration) {
  const Time end = Clock::now() + duration;
  while (Clock::now() < end) {
    turn(end);
  }
}

void Loop::flush_all() {
  for (std::size_t i = 0; i < unflushed_.size(); ++i) {
    unflushed_[i]->flush();
  }
  unflushed_.clear();
}

}  // namespace bench
