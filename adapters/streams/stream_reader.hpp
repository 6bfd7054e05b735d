#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "adapters/bus_statistics.hpp"
#include "adapters/redis_client.hpp"
#include "adapters/streams/entry.hpp"
#include "engineio/function.hpp"
#include "engineio/timers.hpp"

namespace adapters::streams {

/// A namespace that entries of a stream are for.
class EntryListener {
 public:
  virtual ~EntryListener() = default;
  /// `entry.data` may be changed in place.
  virtual void on_entry(Entry& entry) = 0;
};

/// Reads one stream for all namespaces of this process that are in it, from the entry on that is
/// the last one when it starts, in order, each entry once. An entry that makes no sense is one that
/// nobody understands: the next one follows. What Redis refuses is tried again. On the client's
/// thread.
class StreamReader : public std::enable_shared_from_this<StreamReader> {
 public:
  struct Settings {
    std::string stream;
    std::size_t read_count;
    std::chrono::milliseconds block_time;
  };
  StreamReader(redis::Client& client, Settings settings, std::shared_ptr<BusMonitor> monitor);

  /// Starts to read with the first.
  void add(const std::string& nsp, const std::shared_ptr<EntryListener>& listener);
  void remove(const std::string& nsp, const EntryListener& listener);
  [[nodiscard]] bool empty() const noexcept { return listeners_.empty(); }
  /// No more callbacks.
  void stop();

  [[nodiscard]] const std::string& stream() const noexcept { return settings_.stream; }
  /// Whether what is written now will be read soon: it has begun, and the last read did not fail.
  [[nodiscard]] bool healthy() const noexcept { return healthy_; }
  /// All entries up to here have been handed to the listeners.
  [[nodiscard]] EntryId position() const noexcept { return position_; }
  /// Calls back as soon as position() is `id` or behind it: between two entries, and never from
  /// inside of this call.
  void when_at(EntryId id, engineio::Function<void()> callback);

 private:
  struct Listener {
    const EntryListener* key;
    std::weak_ptr<EntryListener> listener;  // it holds its reader
  };
  struct Waiter {
    EntryId id;
    engineio::Function<void()> callback;
  };

  void find_last_entry();
  void on_last_entry(const redis::Result& result);
  void read();
  void on_read(redis::Result result);
  void hand_out(redis::Reply& entries);
  void hand_out(Entry& entry);
  void call_waiters();
  void retry();

  redis::Client& client_;
  const Settings settings_;
  const std::shared_ptr<BusMonitor> monitor_;
  std::unique_ptr<redis::BlockingConnection> connection_;
  std::unordered_map<std::string, Listener> listeners_;
  std::vector<Waiter> waiters_;
  EntryId position_;
  bool started_ = false;  // position_ is known
  bool healthy_ = false;
  engineio::Timer retry_timer_;
};

}  // namespace adapters::streams
