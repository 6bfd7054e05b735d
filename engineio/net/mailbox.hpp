#pragma once

#include <cstddef>
#include <mutex>
#include <vector>

#include "engineio/shard.hpp"

namespace engineio::net {

/// The tasks that wait for a shard: any thread puts, the shard's thread takes.
class Mailbox {
 public:
  enum class Put {
    waiting,  ///< others wait already, so the shard has been woken
    first,    ///< the caller has to wake the shard
    refused,  ///< full or closed; the task was destroyed
  };

  struct Capacity {
    std::size_t tasks;
    std::size_t bytes;
  };

  explicit Mailbox(Capacity capacity) : capacity_(capacity) {}

  /// `bytes` of memory wait with the task. It may be the last that exceeds the capacity, so what is
  /// larger is no exception; and tasks without memory are only counted.
  [[nodiscard]] Put put(Task task, std::size_t bytes = 0);

  /// The same for the few tasks that must not get lost because others have filled the mailbox.
  [[nodiscard]] Put put_over_capacity(Task task);

  /// Runs the tasks that wait now, in the order in which they came. Those that come meanwhile are
  /// left for the next call. Returns how many ran.
  std::size_t run();

  /// Destroys what waits, and refuses everything from now on.
  void close();

 private:
  Put put(Task&& task, std::size_t bytes, Capacity capacity);

  const Capacity capacity_;
  std::mutex mutex_;
  std::vector<Task> waiting_;
  std::size_t waiting_bytes_ = 0;
  bool closed_ = false;
  std::vector<Task> running_;  // belongs to the shard's thread
};

}  // namespace engineio::net
