#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include "adapters/redis/command_batch.hpp"

namespace adapters::redis {

/// Commands on their way from any thread to the client's, and the count of those that are not yet
/// answered. One thread's commands stay in order.
class Outbox {
 public:
  enum class Put : std::uint8_t {
    waiting,  ///< others wait already, so the client's thread has been woken
    first,    ///< the caller has to wake it
    refused,  ///< one of the limits; the callback is still the caller's
    ended,    ///< after close(); the callback is still the caller's
  };

  /// At most so many commands that are not yet answered, of so many bytes on the wire.
  Outbox(std::size_t max_commands, std::size_t max_bytes);

  // Any thread.

  /// `format` appends the command's bytes to the string that it is given.
  template <class Format>
  [[nodiscard]] Put put(CommandHeader header, ResultCallback& callback, Format&& format) {
    const std::lock_guard lock(mutex_);
    if (closed_) {
      return Put::ended;
    }
    const std::size_t begin = waiting_.bytes.size();
    format(waiting_.bytes);
    header.size = waiting_.bytes.size() - begin;
    return accept(header, callback);
  }

  [[nodiscard]] std::uint64_t accepted() const;
  [[nodiscard]] std::uint64_t refused() const;

  // The client's thread.

  [[nodiscard]] CommandBatch take();

  /// Commands were answered, or given up.
  void release(std::size_t commands, std::size_t bytes) noexcept;

  /// Refuses everything from now on. Returns what waits.
  [[nodiscard]] CommandBatch close();

 private:
  Put accept(CommandHeader header, ResultCallback& callback);

  const std::size_t max_commands_;
  const std::size_t max_bytes_;
  std::atomic<std::size_t> commands_ = 0;  // not yet released
  std::atomic<std::size_t> bytes_ = 0;

  mutable std::mutex mutex_;
  CommandBatch waiting_;
  std::uint64_t accepted_ = 0;
  std::uint64_t refused_ = 0;
  bool closed_ = false;
};

}  // namespace adapters::redis
