#include <future>
#include <utility>

#include "adapters/redis_client.hpp"
#include "apps/chat/store/counters.hpp"
#include "apps/chat/store/message_fields.hpp"
#include "apps/chat/store/message_store.hpp"
#include "apps/chat/store/redis_history.hpp"
#include "apps/chat/store/redis_scripts.hpp"
#include "apps/chat/store/stream_consumer.hpp"

namespace chat {

using adapters::redis::Reply;

namespace {

/// KEYS: the queue, perhaps the nonce. ARGV: id, most messages in the queue, lifetime of the nonce
/// in seconds, fields. Returns 1: accepted; 0: the queue is full; the id of the first message with
/// this nonce.
constexpr const char* accept_script = R"(
if KEYS[2] then
  local first = redis.call('GET', KEYS[2])
  if first == ARGV[1] then return 1 end -- the answer to an earlier attempt was lost
  if first then return first end
end
if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('XADD', KEYS[1], '*', unpack(ARGV, 4))
if KEYS[2] then redis.call('SET', KEYS[2], ARGV[1], 'EX', ARGV[3]) end
return 1
)";

Outcome<AppendResult> to_append_result(Reply& reply, Message message) {
  if (reply.type == Reply::Type::string && is_message_id(reply.text)) {
    message.id = std::move(reply.text);
    message.timestamp = time_of(message.id);
    return {.value = {.message = std::move(message), .repeated = true}};
  }
  if (reply.integer != 1) {
    return {.failure = Failure::overloaded,
            .error = "too many messages wait to be stored: try again in a moment",
            .value = {}};
  }
  return {.value = {.message = std::move(message)}};
}

class RedisStore final : public MessageStore {
 public:
  RedisStore(std::shared_ptr<adapters::Redis> redis, RedisStoreOptions redis_options,
             const StoreOptions& options, std::unique_ptr<MessageStore> history);
  ~RedisStore() override;

  [[nodiscard]] StoreStatistics statistics() const override;

 private:
  [[nodiscard]] std::string queue() const { return redis_options_.prefix + "messages:queue"; }
  [[nodiscard]] std::string nonce_key(const Message& message) const {
    return redis_options_.prefix + "messages:nonce:" + key_part(message.user_id) + ':' +
           key_part(message.nonce);
  }

  void do_append(Message message, Callback<AppendResult> callback) override;
  void do_history(std::string room, std::string before, std::size_t limit,
                  Callback<HistoryPage> callback) override {
    history_->history(std::move(room), std::move(before), limit, std::move(callback));
  }
  void do_mark_delivered(Recipient recipient, std::vector<std::string> rooms,
                         std::vector<std::string> ids, Callback<Marked> callback) override {
    history_->mark_delivered(std::move(recipient), std::move(rooms), std::move(ids),
                             std::move(callback));
  }
  void do_mark_read(Recipient recipient, std::string room, std::string up_to,
                    Callback<Marked> callback) override {
    history_->mark_read(std::move(recipient), std::move(room), std::move(up_to),
                        std::move(callback));
  }
  void do_receipts(std::string id, Callback<Receipts> callback) override {
    history_->receipts(std::move(id), std::move(callback));
  }

  const std::shared_ptr<adapters::Redis> redis_;
  const RedisStoreOptions redis_options_;
  const std::shared_ptr<StoreCounters> counters_ = std::make_shared<StoreCounters>();
  const std::unique_ptr<MessageStore> history_;
  RedisScripts scripts_;
  const std::shared_ptr<StreamConsumer> consumer_;
};

RedisStore::RedisStore(std::shared_ptr<adapters::Redis> redis, RedisStoreOptions redis_options,
                       const StoreOptions& options, std::unique_ptr<MessageStore> history)
    : MessageStore(options),
      redis_(std::move(redis)),
      redis_options_(std::move(redis_options)),
      history_(std::move(history)),
      scripts_(redis_->client(), redis_options_.waiting),
      consumer_(std::make_shared<StreamConsumer>(
          redis_->client(),
          StreamConsumer::Settings{.stream = queue(),
                                   .name = redis_options_.node_id,
                                   .batch = redis_options_.batch,
                                   .claim_after = redis_options_.claim_after,
                                   .forget_after = redis_options_.forget_after},
          *history_, counters_)) {
  redis_->client().post([consumer = consumer_] { consumer->start(); });
}

RedisStore::~RedisStore() {
  std::promise<void> stopped;
  redis_->client().post([&] {
    consumer_->stop();
    stopped.set_value();
  });
  stopped.get_future().wait();
}

StoreStatistics RedisStore::statistics() const {
  const StoreStatistics history = history_->statistics();
  StoreStatistics statistics = counters_->statistics();
  statistics.queued = scripts_.waiting() + history.queued;
  statistics.unwritten = consumer_->unwritten();
  statistics.refused += history.refused;
  statistics.failed += history.failed;
  statistics.expired = history.expired;
  return statistics;
}

void RedisStore::do_append(Message message, Callback<AppendResult> callback) {
  ScriptCall call{.script = accept_script,
                  .keys = {queue()},
                  .arguments = {message.id, std::to_string(redis_options_.queued),
                                std::to_string(redis_options_.nonce_lifetime.count())},
                  .repeatable = true};
  if (!message.nonce.empty()) {
    call.keys.push_back(nonce_key(message));
  }
  for (std::string& field : to_fields(message)) {
    call.arguments.push_back(std::move(field));
  }
  scripts_.run<AppendResult>(
      std::move(call),
      [message = std::move(message)](Reply& reply) mutable {
        return to_append_result(reply, std::move(message));
      },
      counted(counters_, std::move(callback)));
}

}  // namespace

std::unique_ptr<MessageStore> make_redis_store(std::shared_ptr<adapters::Redis> redis,
                                               RedisStoreOptions redis_options,
                                               StoreOptions options,
                                               std::unique_ptr<MessageStore> history) {
  if (redis_options.node_id.empty()) {
    redis_options.node_id = MessageIds().next({}).id;
  }
  if (history == nullptr) {
    history = make_redis_history(redis, redis_options, options);
  }
  return std::make_unique<RedisStore>(std::move(redis), std::move(redis_options), options,
                                      std::move(history));
}

}  // namespace chat
