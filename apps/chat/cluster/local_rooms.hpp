#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "apps/chat/cluster/counted_set.hpp"

namespace chat {

/// The rooms that somebody of this node is in. Any thread.
class LocalRooms {
 public:
  /// A connection has come into the room; it leaves as often.
  void enter(const std::string& room);
  void leave(const std::string& room);

  [[nodiscard]] std::size_t size() const;

  // For the one who tells the cluster.

  /// Called when there is something to take, on the thread that changed it, once until it is taken.
  /// Empty: nobody.
  void on_change(std::function<void()> observer);
  /// See CountedSet.
  [[nodiscard]] CountedSet::Changes take_changes();
  [[nodiscard]] std::vector<std::string> take_all();

 private:
  using Lock = std::unique_lock<std::mutex>;

  void changed(Lock lock);

  mutable std::mutex mutex_;
  CountedSet rooms_;
  std::function<void()> on_change_;
  bool told_ = false;
};

}  // namespace chat
