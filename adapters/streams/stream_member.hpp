#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/cluster/node.hpp"
#include "adapters/redis_client.hpp"
#include "adapters/streams/missed_log.hpp"
#include "adapters/streams/stream_hub.hpp"
#include "adapters/streams/stream_reader.hpp"
#include "engineio/timers.hpp"
#include "socketio/options.hpp"
#include "socketio/tape.hpp"

namespace adapters::streams {

/// One namespace of this process in its stream: takes what others have written, and what this
/// process has written where its clients wait for that. On the client's thread.
///
/// Where sessions can be restored, all entries reach the shards from here in the order of the
/// stream, those of this process, too. So a client that has an entry has all those before it, and
/// when a session is restored in front of an entry (see Restoration), its client gets each entry
/// once.
class StreamMember final : public EntryListener, public std::enable_shared_from_this<StreamMember> {
 public:
  StreamMember(std::shared_ptr<cluster::Node> node, std::shared_ptr<StreamHub> hub,
               std::string stream, const std::optional<socketio::Recovery>& recovery);

  // Any thread.

  [[nodiscard]] cluster::Node& node() const noexcept { return *node_; }
  [[nodiscard]] const std::string& stream() const noexcept { return stream_; }
  [[nodiscard]] const StreamsAdapterOptions& options() const noexcept { return hub_->options(); }
  [[nodiscard]] const std::optional<socketio::Recovery>& recovery() const noexcept {
    return recovery_;
  }
  [[nodiscard]] MissedLog& log() noexcept { return log_; }

  /// XADD.
  void append(
      cluster::MessageType type, std::string data,
      redis::ResultCallback done = [](const redis::Result&) {}) const;

  // The client's thread.

  void open();
  void close();
  /// nullptr: not open.
  [[nodiscard]] StreamReader* reader() const noexcept { return reader_.get(); }

  /// Writes a broadcast to the stream, which the clients here get when it is read; without a place
  /// in the stream when it cannot be written or is not read in time.
  void append_in_order(std::string data);

  void on_entry(Entry& entry) override;

 private:
  struct Pending {
    std::string data;
    engineio::Clock::time_point deadline;
  };

  void deliver(const Entry& entry, std::string_view offset);
  void remember(const cluster::Message& message, std::string_view offset);
  /// False: no broadcast with these data waits.
  bool take_pending(std::string_view data);
  void deliver_without_place(std::string data);
  void watch_pending();

  const std::shared_ptr<cluster::Node> node_;
  const std::shared_ptr<StreamHub> hub_;
  const std::string stream_;
  const std::optional<socketio::Recovery> recovery_;
  MissedLog log_;

  std::shared_ptr<StreamReader> reader_;
  std::deque<Pending> pending_;  // broadcasts of this process that were not read yet
  engineio::Timer pending_timer_;
  socketio::Tape tape_;
  std::string memory_;
};

}  // namespace adapters::streams
