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

  explicit Mailbox(std::size_t capacity) : capacity_(capacity) {}

  [[nodiscard]] Put put(Task task);

  /// The same for the few tasks that must not get lost because others have filled the mailbox.
  [[nodiscard]] Put put_over_capacity(Task task);

  /// Runs the tasks that wait now, in the order in which they came. Those that come meanwhile are
  /// left for the next call. Returns how many ran.
  std::size_t run();

  /// Destroys what waits, and refuses everything from now on.
  void close();

 private:
  Put put(Task&& task, std::size_t capacity);

  const std::size_t capacity_;
  std::mutex mutex_;
  std::vector<Task> waiting_;
  bool closed_ = false;
  std::vector<Task> running_;  // belongs to the shard's thread
};

}  // namespace engineio::net
