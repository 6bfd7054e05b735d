#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <vector>

#include "socketio/adapter.hpp"
#include "socketio/detail/recovery_log.hpp"

namespace socketio::detail {

/// The adapter of a single process with connection state recovery.
///
/// A client may come back on another shard, so what is logged must reach all shards in the order of
/// the log: a packet gets its position, its place in the log and its places in the shards' inboxes
/// under one lock. A socket that was restored at a position skips what its shard's inbox still
/// holds up to there.
class RecoveringAdapter final : public Adapter {
 public:
  explicit RecoveringAdapter(Namespace& nsp);
  ~RecoveringAdapter() override;

  void broadcast(PayloadWriter payload, const BroadcastOptions& options) override;
  void persist_session(SessionState session) override;
  void restore_session(const std::string& pid, const std::string& offset,
                       RestoreCallback callback) override;
  std::vector<SharedPacket> missed_since(RestoredSession& session) override;
  void expire() override;

 private:
  struct Logged {
    std::vector<NamespaceShard*> to_tell;
    std::size_t refused = 0;  // by shards that are too far behind
  };

  [[nodiscard]] Logged log(PayloadWriter payload, const BroadcastOptions& options);
  void tell(NamespaceShard& shard);

  std::mutex mutex_;
  RecoveryLog log_;
};

}  // namespace socketio::detail
