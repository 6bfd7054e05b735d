#pragma once

#include <shared_mutex>
#include <utility>

#include "engineio/shard.hpp"

namespace engineio {

/// The way to a shard for what may outlive the server: an answer that the application gives in its
/// own time, maybe on a thread of its own. See Shard::link().
class ShardLink {
 public:
  explicit ShardLink(Shard& shard) noexcept : shard_(&shard) {}

  /// On the shard's thread calls `here()`. On another one calls `away(shard)`, which posts: until
  /// it has returned, the server is not destroyed. Once the shard has ended, does nothing.
  template <class Here, class Away>
  void reach(Here&& here, Away&& away) {
    {
      const std::shared_lock lock(mutex_);
      if (shard_ == nullptr) {
        return;
      }
      if (!shard_->is_current()) {
        std::forward<Away>(away)(*shard_);
        return;
      }
    }
    std::forward<Here>(here)();
  }

  /// Runs `task` now on the shard's thread, and later (Shard::post_essential) from another one.
  /// Once the shard has ended, drops it.
  template <class Callable>
  void run(Callable task) {
    reach(task, [&](Shard& shard) { shard.post_essential(std::move(task)); });
  }

 private:
  friend class Shard;

  void cut() noexcept {
    const std::lock_guard lock(mutex_);
    shard_ = nullptr;
  }

  std::shared_mutex mutex_;
  Shard* shard_;
};

}  // namespace engineio
