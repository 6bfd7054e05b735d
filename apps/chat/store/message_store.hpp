#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "adapters/redis.hpp"
#include "apps/chat/store/database.hpp"
#include "apps/chat/store/message.hpp"
#include "apps/chat/store/message_id.hpp"
#include "apps/chat/store/outcome.hpp"

namespace chat {

/// What a message store takes. What breaks one of these fails with Failure::invalid and a sentence
/// that names it. Bytes are of UTF-8.
struct StoreLimits {
  std::size_t room_bytes = 512;
  std::size_t user_bytes = 512;  ///< of an id and of a name, each
  std::size_t nonce_bytes = 128;
  std::size_t text_bytes = 64 * 1024;
  std::size_t ciphertext_bytes = 64 * 1024;
  std::size_t iv_bytes = 64;
  std::size_t page_messages = 100;         ///< of one history page
  std::size_t delivered_at_once = 100;     ///< ids of one mark_delivered()
  std::size_t read_at_once = 200;          ///< messages that one mark_read() looks at
  std::size_t receipts_per_message = 500;  ///< further recipients are not tracked
};

struct StoreOptions {
  StoreLimits limits = {};
  /// Older messages are not handed out any more, and removed in small steps. 0: none is too old.
  std::chrono::hours max_age{24 * 30};
  /// The time. Any thread. Empty: the system's clock.
  std::function<socketio::Date()> now = nullptr;
};

/// The message that was stored, and whether it was so before: the sender has used its nonce
/// already, and then `message` has the id and timestamp of that first one.
struct AppendResult {
  Message message = {};
  bool repeated = false;
};

/// Numbers since the start, but for the depths.
struct StoreStatistics {
  std::size_t queued = 0;       ///< requests of this node that wait for their answer
  std::size_t unwritten = 0;    ///< in a cluster: accepted, but not yet in the history
  std::uint64_t stored = 0;     ///< messages accepted on this node
  std::uint64_t repeated = 0;   ///< … that had been before
  std::uint64_t refused = 0;    ///< requests with Failure::overloaded
  std::uint64_t failed = 0;     ///< requests with Failure::unavailable
  std::uint64_t batches = 0;    ///< of messages that this node wrote to the history
  std::uint64_t written = 0;    ///< messages in them
  std::uint64_t recovered = 0;  ///< … that a node had taken on which died, or failed, before
  std::uint64_t expired = 0;    ///< messages that this node removed for their age
};

/// Keeps messages: their history and who has received and read them.
///
/// Threads: everything may be called from any thread. Callbacks come on the store's own thread, or,
/// where a request fails without a look at the data (Failure::invalid, Failure::overloaded, …), on
/// the calling one, before the call returns. Wrap them in on_shard() to have them on a shard.
/// What one thread asks for happens in that order.
///
/// Lifetime: a store may be destroyed at any time, but for its callbacks. Those of requests that
/// are under way still come, until its Database (which does first what waits for it) or Redis
/// (which drops them) is destroyed.
class MessageStore {
 public:
  virtual ~MessageStore() = default;
  MessageStore(const MessageStore&) = delete;
  MessageStore& operator=(const MessageStore&) = delete;

  /// Answers when the message can no more be lost: it is on the disk, or in Redis. Without an id it
  /// gets one, and the timestamp of now. Fields needed: room, user_id, and text or ciphertext.
  void append(Message message, Callback<AppendResult> callback);

  /// The newest `limit` messages that are older than the one with the id `before`; an empty
  /// `before`: the newest of all. In a cluster a message is in the history a moment after append()
  /// has answered.
  void history(std::string room, std::string before, std::size_t limit,
               Callback<HistoryPage> callback);

  /// The recipient's client has these messages. Ids that do not exist, of other rooms than `rooms`,
  /// or of his own messages are ignored.
  void mark_delivered(Recipient recipient, std::vector<std::string> rooms,
                      std::vector<std::string> ids, Callback<Marked> callback);

  /// The recipient has read the room up to the message with this id. From there on towards older
  /// ones, the messages of others are marked, until those that he has read before; of at most
  /// StoreLimits::read_at_once messages.
  void mark_read(Recipient recipient, std::string room, std::string up_to,
                 Callback<Marked> callback);

  /// Fails with no_such_message.
  void receipts(std::string id, Callback<Receipts> callback);

  /// Any thread.
  [[nodiscard]] virtual StoreStatistics statistics() const = 0;

 protected:
  explicit MessageStore(const StoreOptions& options);

  [[nodiscard]] const StoreOptions& options() const noexcept { return options_; }
  [[nodiscard]] socketio::Date now() const { return options_.now(); }
  /// Ids of messages that are too old sort before it. Empty: none are.
  [[nodiscard]] static std::string oldest_id(const StoreOptions& options);

 private:
  // The same, of requests that keep the limits.
  virtual void do_append(Message message, Callback<AppendResult> callback) = 0;
  virtual void do_history(std::string room, std::string before, std::size_t limit,
                          Callback<HistoryPage> callback) = 0;
  virtual void do_mark_delivered(Recipient recipient, std::vector<std::string> rooms,
                                 std::vector<std::string> ids, Callback<Marked> callback) = 0;
  virtual void do_mark_read(Recipient recipient, std::string room, std::string up_to,
                            Callback<Marked> callback) = 0;
  virtual void do_receipts(std::string id, Callback<Receipts> callback) = 0;

  const StoreOptions options_;  // with a clock
  MessageIds ids_;
};

/// Messages in a SQLite database. A nonce is remembered as long as its message.
[[nodiscard]] std::unique_ptr<MessageStore> make_sqlite_store(std::shared_ptr<Database> database,
                                                              StoreOptions options = {});

/// How the nodes of a cluster share messages.
struct RedisStoreOptions {
  /// What the names of all keys begin with. With a Redis Cluster it must contain a hash tag, as in
  /// `{chat}:`, because keys change together.
  std::string prefix = {};
  /// Of this node among those that write the history; unique. Empty: one is made up.
  std::string node_id = {};
  /// Requests of this node that wait for Redis; further ones fail with Failure::overloaded.
  std::size_t waiting = 10'000;
  /// Messages that wait in the queue of the cluster; further ones fail with Failure::overloaded.
  std::size_t queued = 100'000;
  /// Most messages that are taken from the queue and written at once.
  std::size_t batch = 100;
  /// A message that a node took and did not write in this time is written by another one.
  std::chrono::milliseconds claim_after{10'000};
  /// A node without such messages, not heard of for so long, is taken off the list of those that
  /// write.
  std::chrono::milliseconds forget_after = std::chrono::hours(1);
  /// How long a nonce is remembered.
  std::chrono::seconds nonce_lifetime{24 * 60 * 60};
  /// Messages that Redis keeps of one room; the oldest make place. Not with a history of its own.
  std::size_t room_messages = 100'000;
};

/// Messages of a cluster: accepted into a Redis stream, from where all nodes together write them
/// to the history. That is in Redis as well, unless `history` is given, which every node must be
/// able to read: a SQLite file, when all nodes are on one machine.
[[nodiscard]] std::unique_ptr<MessageStore> make_redis_store(
    std::shared_ptr<adapters::Redis> redis, RedisStoreOptions redis_options = {},
    StoreOptions options = {}, std::unique_ptr<MessageStore> history = nullptr);

}  // namespace chat
