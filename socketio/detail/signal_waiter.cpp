#include "socketio/detail/signal_waiter.hpp"

#include <csignal>
#include <utility>

namespace socketio::detail {

namespace {

sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

}  // namespace

SignalWaiter::SignalWaiter(std::function<void()> on_signal) {
  const sigset_t signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  thread_ = std::thread([this, on_signal = std::move(on_signal)] {
    const sigset_t awaited = stop_signals();
    int signal = 0;
    if (sigwait(&awaited, &signal) == 0 && !stopping_) {
      on_signal();
    }
  });
}

SignalWaiter::~SignalWaiter() {
  stopping_ = true;
  pthread_kill(thread_.native_handle(), SIGTERM);  // ends its wait, if it still waits
  thread_.join();
}

}  // namespace socketio::detail
