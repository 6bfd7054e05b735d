#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "adapters/redis_client.hpp"
#include "apps/chat/store/counters.hpp"
#include "apps/chat/store/message_store.hpp"
#include "engineio/timers.hpp"

namespace chat {

/// Takes messages from the stream that is a cluster's queue, writes them to the history, and only
/// then tells Redis that they are done and removes them from the stream. All nodes are consumers of
/// one group, so each message goes to one of them; what a node took and did not write, because it
/// died or its history failed, another one claims. A message may be written twice, then: the
/// history knows it by its id.
///
/// On the client's thread, but for the constructor.
class StreamConsumer : public std::enable_shared_from_this<StreamConsumer> {
 public:
  struct Settings {
    std::string stream;
    std::string name;  ///< among the consumers of the group
    std::size_t batch;
    std::chrono::milliseconds claim_after;
    std::chrono::milliseconds forget_after;
  };
  /// `history` must live until stop() has returned.
  StreamConsumer(adapters::redis::Client& client, Settings settings, MessageStore& history,
                 std::shared_ptr<StoreCounters> counters);

  void start();
  /// Touches neither the client nor the history any more when it has returned.
  void stop();

  /// Messages in the stream a while ago, at most half of `claim_after`. Any thread.
  [[nodiscard]] std::size_t unwritten() const noexcept { return unwritten_; }

 private:
  struct Batch;

  void make_group();
  void next();
  void read();
  void claim();
  void on_claimed(adapters::redis::Result result);
  void write(adapters::redis::Reply& entries, bool claimed);
  void append(const std::shared_ptr<Batch>& batch, std::string entry, Message message);
  void on_batch(const Batch& batch);
  void done(const std::vector<std::string>& entries);
  void retry(void (StreamConsumer::*step)());
  template <class Function>
  [[nodiscard]] adapters::redis::ResultCallback mine(Function function);

  adapters::redis::Client& client_;
  const Settings settings_;
  MessageStore& history_;
  const std::shared_ptr<StoreCounters> counters_;

  std::unique_ptr<adapters::redis::BlockingConnection> connection_;
  engineio::Timer retry_timer_;
  engineio::Clock::time_point next_claim_{};
  std::string claim_from_ = "0-0";
  std::atomic<std::size_t> unwritten_ = 0;

  std::mutex mutex_;  // of stopped_, for the history's thread
  bool stopped_ = false;
};

}  // namespace chat
