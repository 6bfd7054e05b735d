#pragma once

#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "engineio/function.hpp"

namespace adapters::cluster {

/// The way from the client's thread to an adapter that another thread may be about to destroy.
///
/// What an adapter knows about the bus lives in an object of its own, which the callbacks of
/// redis::Client share and which only the client's thread uses. It may outlive the adapter, and
/// touches it, and whatever the server has handed over to be called back, through this gate alone.
/// Adapter::close() closes the gate: it waits for the call that is under way, and afterwards
/// nothing reaches the adapter, its namespace or the server any more. As long as the gate is open
/// the server has the adapter, and so the namespace is alive.
///
/// What is called through the gate hands its work to the shards and returns: it must neither wait
/// for one nor close the gate.
template <class Adapter>
class AdapterGate {
 public:
  explicit AdapterGate(Adapter& adapter) noexcept : adapter_(&adapter) {}

  /// Calls `act(adapter)`, unless the gate is closed. The client's thread.
  template <class Act>
  void enter(Act&& act) {
    const std::lock_guard lock(mutex_);
    if (adapter_ != nullptr) {
      std::forward<Act>(act)(*adapter_);
    }
  }

  /// True the first time. Breaks all promises. Any thread but the client's.
  bool close() {
    std::unordered_map<std::uint64_t, engineio::Function<void()>> broken;
    {
      const std::lock_guard lock(mutex_);
      if (std::exchange(adapter_, nullptr) == nullptr) {
        return false;
      }
      broken.swap(promises_);
    }
    for (auto& promise : broken) {
      promise.second();
    }
    return true;
  }

  /// Somebody will be called back by keep(), or else by `on_close` when the gate closes, on that
  /// thread: now, if it is closed. Any thread.
  [[nodiscard]] std::uint64_t promise(engineio::Function<void()> on_close) {
    {
      const std::lock_guard lock(mutex_);
      if (adapter_ != nullptr) {
        promises_.emplace(++last_promise_, std::move(on_close));
        return last_promise_;
      }
    }
    on_close();
    return 0;
  }
  /// Calls `act()`, unless the promise was kept or broken before.
  template <class Act>
  void keep(std::uint64_t promise, Act&& act) {
    const std::lock_guard lock(mutex_);
    if (promises_.erase(promise) != 0) {
      std::forward<Act>(act)();
    }
  }

 private:
  std::mutex mutex_;
  Adapter* adapter_;
  std::unordered_map<std::uint64_t, engineio::Function<void()>> promises_;
  std::uint64_t last_promise_ = 0;
};

}  // namespace adapters::cluster
