#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "engineio/function.hpp"
#include "engineio/timers.hpp"

namespace engineio::net {

/// How a loop waits: until a descriptor becomes readable (that of its Poller), a deadline is
/// reached, another thread wakes it, or a signal arrives.
class Sleeper {
 public:
  explicit Sleeper(int descriptor);  ///< throws std::system_error
  ~Sleeper();
  Sleeper(const Sleeper&) = delete;
  Sleeper& operator=(const Sleeper&) = delete;

  /// Returns whether the descriptor is readable. May also return for no reason.
  bool sleep(std::optional<Clock::time_point> deadline);

  /// The same without waiting.
  bool look();

  /// Ends the present sleep, or the next one. Any thread.
  void wake();

  /// Calls `handler` from sleep() for each arrival of one of `signals`, until destroyed. A signal
  /// has one handler. Throws std::system_error.
  void on_signals(const std::vector<int>& signals, Function<void()> handler);

 private:
  struct Asio;
  std::unique_ptr<Asio> asio_;
};

}  // namespace engineio::net
