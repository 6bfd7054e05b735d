#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "engineio/function.hpp"
#include "engineio/timers.hpp"

namespace boost::asio {
class io_context;
}  // namespace boost::asio

namespace adapters::redis {

/// The client's thread: sockets, timers, and tasks from other threads.
class Loop {
 public:
  using Task = engineio::Function<void()>;

  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Runs `task` in the loop, after what this thread posted before. Any thread.
  void post(Task task);

  /// Runs until stop() is called.
  void run();

  // From inside of run().

  void stop() noexcept;
  [[nodiscard]] engineio::Timers& timers() noexcept { return timers_; }

  /// Runs the tasks that wait now. Those that come meanwhile are left.
  void run_tasks();

  // Any time.

  [[nodiscard]] boost::asio::io_context& context() noexcept;

  /// Destroys the tasks that wait.
  void drop_tasks();

 private:
  struct Asio;

  std::unique_ptr<Asio> asio_;
  engineio::Timers timers_;
  bool stopped_ = false;

  std::mutex mutex_;
  std::vector<Task> waiting_;
};

}  // namespace adapters::redis
