#include "engineio/net/sleeper.hpp"

#include <deque>
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

  struct Signals {
    Signals(asio::io_context& context, Function<void()> its_handler)
        : set(context), handler(std::move(its_handler)) {}

    void wait();

    asio::signal_set set;
    Function<void()> handler;
  };

  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work = asio::make_work_guard(context);
  asio::posix::stream_descriptor descriptor;
  asio::steady_timer timer;
  std::deque<Signals> signals;
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

void Sleeper::Asio::Signals::wait() {
  set.async_wait([this](const error_code& error, int) {
    if (!error) {
      handler();
      wait();
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
  Asio::Signals& added = asio_->signals.emplace_back(asio_->context, std::move(handler));
  for (const int signal : signals) {
    added.set.add(signal);
  }
  added.wait();
}

}  // namespace engineio::net
