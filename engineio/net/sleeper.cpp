#include "engineio/net/sleeper.hpp"

#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

namespace engineio::net {

namespace asio = boost::asio;
using boost::system::error_code;

struct Sleeper::Asio {
  explicit Asio(int number) : descriptor(context, number), timer(context) {}
  ~Asio() { descriptor.release(); }  // it is the Poller's

  void watch_descriptor();
  void arm_timer(Clock::time_point deadline);
  void wait_for_signal();

  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work = asio::make_work_guard(context);
  asio::posix::stream_descriptor descriptor;
  asio::steady_timer timer;
  std::optional<asio::signal_set> signals;  // where none are wanted, none wake the loop
  Function<void()> on_signal;
  Clock::time_point armed = Clock::time_point::max();
  bool watching = false;
};

void Sleeper::Asio::watch_descriptor() {
  if (!std::exchange(watching, true)) {
    descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                          [this](const error_code&) { watching = false; });
  }
}

/// The timer is only ever moved forward. One that has become too early costs a turn in which
/// nothing is due; moving it back each time a heartbeat is put off would cost more.
void Sleeper::Asio::arm_timer(Clock::time_point deadline) {
  if (deadline >= armed) {
    return;
  }
  armed = deadline;
  timer.expires_at(deadline);
  timer.async_wait([this](const error_code& error) {
    if (!error) {
      armed = Clock::time_point::max();
    }
  });
}

void Sleeper::Asio::wait_for_signal() {
  signals->async_wait([this](const error_code& error, int) {
    if (!error) {
      on_signal();
      wait_for_signal();
    }
  });
}

Sleeper::Sleeper(int descriptor) : asio_(std::make_unique<Asio>(descriptor)) {}
Sleeper::~Sleeper() = default;

bool Sleeper::sleep(std::optional<Clock::time_point> deadline) {
  if (deadline) {
    asio_->arm_timer(*deadline);
  }
  asio_->watch_descriptor();
  asio_->context.run_one();
  return !asio_->watching;
}

bool Sleeper::look() {
  asio_->watch_descriptor();
  asio_->context.poll_one();
  return !asio_->watching;
}

void Sleeper::wake() {
  asio::post(asio_->context, [] {});
}

void Sleeper::on_signals(const std::vector<int>& signals, Function<void()> handler) {
  asio_->signals.emplace(asio_->context);
  for (const int signal : signals) {
    asio_->signals->add(signal);
  }
  asio_->on_signal = std::move(handler);
  asio_->wait_for_signal();
}

}  // namespace engineio::net
