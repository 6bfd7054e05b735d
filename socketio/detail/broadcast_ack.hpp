#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engineio/timers.hpp"
#include "socketio/ack.hpp"
#include "socketio/adapter.hpp"
#include "socketio/broadcast_operator.hpp"

namespace socketio::detail {

class ServerCore;
struct ShardContext;

/// A broadcast that waits for its acknowledgements: complete when every server has said how many
/// clients it asked, and all of these have answered. Lives on the shard that began it.
class BroadcastAck : public std::enable_shared_from_this<BroadcastAck> {
 public:
  static void start(const std::shared_ptr<Adapter>& adapter, PayloadWriter payload,
                    const BroadcastOptions& options, AckResultsCallback on_answers);

  BroadcastAck(std::shared_ptr<Adapter> adapter, ShardContext& home, AckResultsCallback on_answers);

 private:
  void send(PayloadWriter payload, const BroadcastOptions& options);
  void begin(std::chrono::milliseconds timeout);
  void on_timeout();
  void complete_if_done();
  void finish(AckResults results);
  /// A callback that runs `act(*this, value)` at home.
  template <class T, class Act>
  [[nodiscard]] engineio::Function<void(T)> at_home(Act act);

  std::shared_ptr<Adapter> adapter_;
  ServerCore& core_;
  ShardContext& home_;
  AckResultsCallback on_answers_;
  engineio::Timer timer_;
  std::uint64_t request_ = 0;
  std::size_t servers_ = 0;  // that take part; 0: not known yet
  std::size_t servers_heard_ = 0;
  std::size_t clients_ = 0;
  std::vector<Value> responses_;
  bool done_ = false;
};

}  // namespace socketio::detail
