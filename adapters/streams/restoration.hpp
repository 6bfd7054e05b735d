#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/redis_client.hpp"
#include "adapters/streams/entry.hpp"
#include "adapters/streams/stream_member.hpp"
#include "engineio/timers.hpp"
#include "socketio/adapter.hpp"

namespace adapters::streams {

/// A client that comes back: takes its session out of Redis, and what it has missed out of the
/// stream. On the client's thread.
///
/// The session is handed over at a moment when exactly those entries have been sent to the shards
/// that were looked through here: what comes later reaches the client on its shard.
class Restoration : public std::enable_shared_from_this<Restoration> {
 public:
  static void start(std::shared_ptr<StreamMember> member, const std::string& pid, EntryId offset,
                    socketio::RestoreCallback callback);

  Restoration(std::shared_ptr<StreamMember> member, EntryId offset,
              socketio::RestoreCallback callback);

 private:
  void ask(const std::string& pid);
  void on_session(const redis::Result& result);
  void on_offset(const redis::Result& result);
  void on_first_answers();
  /// Looks through what is behind `covered_`.
  void read_on();
  void on_entries(redis::Result result, EntryId position);
  void add(Entry& entry);
  void catch_up();
  void succeed();
  void fail();
  [[nodiscard]] bool over() const noexcept { return !callback_; }
  template <class Act>
  [[nodiscard]] redis::ResultCallback then(Act act);

  const std::shared_ptr<StreamMember> member_;
  EntryId covered_;  // the client has everything up to here
  socketio::RestoreCallback callback_;
  socketio::RestoredSession restored_;
  bool has_session_ = false;
  bool has_offset_ = false;
  std::size_t answers_ = 0;
  std::size_t reads_ = 0;
  engineio::Timer timer_;
};

}  // namespace adapters::streams
