#include "adapters/redis/loop.hpp"

#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

namespace adapters::redis {

namespace asio = boost::asio;
using engineio::Clock;

struct Loop::Asio {
  void arm_timer(Clock::time_point deadline);

  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work = asio::make_work_guard(context);
  asio::steady_timer timer{context};
  Clock::time_point armed = Clock::time_point::max();
};

/// Only ever moved forward: a deadline that was put off costs one turn in which nothing is due.
void Loop::Asio::arm_timer(Clock::time_point deadline) {
  if (deadline >= armed) {
    return;
  }
  armed = deadline;
  timer.expires_at(deadline);
  timer.async_wait([this](const boost::system::error_code& error) {
    if (!error) {
      armed = Clock::time_point::max();
    }
  });
}

Loop::Loop() : asio_(std::make_unique<Asio>()) {}
Loop::~Loop() = default;

asio::io_context& Loop::context() noexcept { return asio_->context; }

void Loop::post(Task task) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = waiting_.empty();
    waiting_.push_back(std::move(task));
  }
  if (first) {
    asio::post(asio_->context, [this] { run_tasks(); });
  }
}

void Loop::run_tasks() {
  std::vector<Task> tasks;
  {
    const std::lock_guard lock(mutex_);
    tasks.swap(waiting_);
  }
  for (Task& task : tasks) {
    task();
    task = nullptr;
  }
}

void Loop::run() {
  while (!stopped_) {
    if (const auto deadline = timers_.next_deadline()) {
      asio_->arm_timer(*deadline);
    }
    asio_->context.run_one();
    timers_.advance(Clock::now());
  }
}

void Loop::stop() noexcept { stopped_ = true; }

void Loop::drop_tasks() {
  std::vector<Task> tasks;
  const std::lock_guard lock(mutex_);
  tasks.swap(waiting_);
}

}  // namespace adapters::redis
