// What only the store of a cluster does.
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "apps/chat/store/message_fields.hpp"
#include "apps/chat/store/redis_scripts.hpp"
#include "tests/apps/chat/store/worlds.hpp"

using adapters::redis::Command;
using chat::AppendResult;
using chat::Failure;
using chat::HistoryPage;
using chat::Marked;
using chat::Message;
using chat::MessageStore;
using chat::Outcome;
using chat::Receipts;
using chat::Recipient;
using tests::append;
using tests::history;
using tests::message_of;
using tests::RedisPlace;
using tests::texts;
using tests::wait_until;

namespace {

using namespace std::chrono_literals;

std::unique_ptr<MessageStore> make_store(const RedisPlace& place,
                                         chat::RedisStoreOptions redis_options,
                                         std::unique_ptr<MessageStore> history = nullptr) {
  return chat::make_redis_store(place.redis, std::move(redis_options), {}, std::move(history));
}

Message with_id(Message message) {
  static chat::MessageIds ids;
  auto [id, timestamp] =
      ids.next(std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()));
  message.id = id;
  message.timestamp = timestamp;
  return message;
}

/// Puts it into the queue as a node does, without a store.
void enqueue(const RedisPlace& place, const Message& message) {
  Command command{"XADD", "messages:queue", "*"};
  for (std::string& field : chat::to_fields(message)) {
    command.push_back(std::move(field));
  }
  REQUIRE(place.execute(std::move(command)));
}

/// A history that fails, or answers not at all, as long as a test wants.
class TroubledHistory final : public MessageStore {
 public:
  enum class Mood : std::uint8_t { works, fails, sleeps };

  TroubledHistory(std::atomic<Mood>& mood, std::atomic<int>& appended)
      : MessageStore(chat::StoreOptions{}), mood_(mood), appended_(appended) {}

  [[nodiscard]] chat::StoreStatistics statistics() const override { return {}; }

 private:
  void do_append(Message message, chat::Callback<AppendResult> callback) override {
    if (mood_ == Mood::works) {
      ++appended_;
      callback({.value = {.message = std::move(message)}});
    } else if (mood_ == Mood::fails) {
      callback({.failure = Failure::unavailable, .error = "no", .value = {}});
    }
  }
  void do_history(std::string, std::string, std::size_t, chat::Callback<HistoryPage>) override {}
  void do_mark_delivered(Recipient, std::vector<std::string>, std::vector<std::string>,
                         chat::Callback<Marked>) override {}
  void do_mark_read(Recipient, std::string, std::string, chat::Callback<Marked>) override {}
  void do_receipts(std::string, chat::Callback<Receipts>) override {}

  std::atomic<Mood>& mood_;
  std::atomic<int>& appended_;
};

using Mood = TroubledHistory::Mood;

}  // namespace

TEST_CASE("redis store: every node reads what all have stored") {
  const RedisPlace place;
  const auto other_redis = place.connect();
  const auto one = make_store(place, {.node_id = "one"});
  const auto two = chat::make_redis_store(other_redis, {.node_id = "two"});
  constexpr std::size_t each = 40;
  for (std::size_t i = 0; i < each; ++i) {
    one->append(message_of("ada", "1"), nullptr);
    two->append(message_of("bob", "2"), nullptr);
  }
  const auto stored = [](MessageStore& store) {
    return history(store, "lobby", "", 100).value.messages.size();
  };
  CHECK(wait_until([&] { return stored(*one) == 2 * each && stored(*two) == 2 * each; }));
  CHECK(history(*one, "lobby", "", 100).value.messages ==
        history(*two, "lobby", "", 100).value.messages);
  place.settle();
  CHECK(wait_until([&] { return one->statistics().unwritten + two->statistics().unwritten == 0; }));
  const auto first = one->statistics();
  const auto second = two->statistics();
  CHECK(first.stored == each);
  CHECK(second.stored == each);
  CHECK(first.written + second.written == 2 * each);
}

TEST_CASE("redis store: what a dead node took from the queue, another one writes") {
  const RedisPlace place;
  REQUIRE(place.execute({"XGROUP", "CREATE", "messages:queue", "history", "0", "MKSTREAM"}));
  enqueue(place, with_id(message_of("ada", "1")));
  enqueue(place, with_id(message_of("ada", "2")));
  // It reads, and dies.
  REQUIRE(place.execute(
      {"XREADGROUP", "GROUP", "history", "dead", "COUNT", "10", "STREAMS", "messages:queue", ">"}));
  enqueue(place, with_id(message_of("ada", "3")));

  const auto store = make_store(place, {.batch = 1, .claim_after = 200ms});
  CHECK(wait_until([&] { return texts(history(*store, "lobby").value) == "1 2 3"; }));
  place.settle();
  CHECK(wait_until([&] { return store->statistics().written == 3; }));
  CHECK(store->statistics().recovered == 2);
  CHECK(place.execute({"XPENDING", "messages:queue", "history"}).reply.elements.at(0).integer == 0);
}

TEST_CASE("redis store: a message stays in the queue until the history has it") {
  const RedisPlace place;
  std::atomic<Mood> mood = Mood::fails;
  std::atomic<int> appended = 0;
  const auto store =
      make_store(place, {.claim_after = 200ms}, std::make_unique<TroubledHistory>(mood, appended));
  REQUIRE(append(*store, message_of("ada", "text")));
  CHECK(wait_until([&] { return store->statistics().batches > 1; }));
  CHECK(place.number({"XLEN", "messages:queue"}) == 1);
  CHECK(store->statistics().written == 0);
  mood = Mood::works;
  place.settle();
  CHECK(appended == 1);
}

TEST_CASE("redis store: a message that comes twice is in the history once") {
  const RedisPlace place;
  const Message message = with_id(message_of("ada", "once", "nonce"));
  enqueue(place, message);
  enqueue(place, message);
  const auto store = make_store(place, {});
  place.settle();
  CHECK(texts(history(*store, "lobby").value) == "once");
}

TEST_CASE("redis store: nodes that are no more are forgotten, unless messages wait for them") {
  const RedisPlace place;
  const auto known = [&] {
    const auto consumers = place.execute({"XINFO", "CONSUMERS", "messages:queue", "history"});
    std::map<std::string, std::int64_t> idle;
    for (const auto& consumer : consumers.reply.elements) {
      // name, its name, pending, how many, idle, milliseconds
      idle[consumer.elements.at(1).text] = consumer.elements.at(5).integer;
    }
    return idle;
  };
  REQUIRE(place.execute({"XGROUP", "CREATE", "messages:queue", "history", "0", "MKSTREAM"}));
  REQUIRE(place.execute({"XGROUP", "CREATECONSUMER", "messages:queue", "history", "empty"}));
  enqueue(place, with_id(message_of("ada", "1")));
  REQUIRE(
      place.execute({"XREADGROUP", "GROUP", "history", "busy", "STREAMS", "messages:queue", ">"}));
  CHECK(wait_until([&] { return known()["empty"] > 1 && known()["busy"] > 1; }));

  const auto store = make_store(place, {.node_id = "new", .claim_after = 1h, .forget_after = 1ms});
  REQUIRE(append(*store, message_of("ada", "2")));
  CHECK(wait_until([&] { return known().contains("new"); }));
  CHECK(known().contains("busy"));
  CHECK_FALSE(known().contains("empty"));
}

TEST_CASE("redis store: nonsense in the queue is thrown away") {
  const RedisPlace place;
  REQUIRE(place.execute({"XADD", "messages:queue", "*", "what", "nonsense"}));
  REQUIRE(place.execute({"XADD", "messages:queue", "*", "id", "x", "timestamp", "1"}));
  enqueue(place, with_id(message_of("ada", "sense")));
  const auto store = make_store(place, {});
  place.settle();
  CHECK(texts(history(*store, "lobby").value) == "sense");
}

TEST_CASE("redis store: a history in SQLite") {
  const RedisPlace place;
  const tests::SqlitePlace file;
  {
    const auto store = make_store(place, {}, file.make_store({}));
    const auto first = append(*store, message_of("ada", "text", "nonce"));
    CHECK(append(*store, message_of("ada", "text", "nonce")).value.message.id ==
          first.value.message.id);
    CHECK(wait_until([&] { return texts(history(*store, "lobby").value) == "text"; }));
  }
  CHECK(texts(history(*file.make_store({}), "lobby").value) == "text");
  CHECK(place.number({"EXISTS", "room:lobby:history"}) == 0);
}

TEST_CASE("redis store: a Redis that lost everything") {
  const RedisPlace place;
  const auto store = make_store(place, {});
  REQUIRE(append(*store, message_of("ada", "before")));
  place.settle();
  REQUIRE(place.execute({"FLUSHALL"}));
  REQUIRE(append(*store, message_of("ada", "after")));
  CHECK(wait_until([&] { return texts(history(*store, "lobby").value) == "after"; }));
}

TEST_CASE("redis store: the queue of the cluster is full") {
  const RedisPlace place;
  std::atomic<Mood> mood = Mood::sleeps;
  std::atomic<int> appended = 0;
  const auto store =
      make_store(place, {.queued = 2}, std::make_unique<TroubledHistory>(mood, appended));
  REQUIRE(append(*store, message_of("ada", "1")));
  REQUIRE(append(*store, message_of("ada", "2", "nonce")));
  const auto refused = append(*store, message_of("ada", "3"));
  CHECK(refused.failure == Failure::overloaded);
  CHECK(store->statistics().refused == 1);
  // A repeated one needs no place.
  CHECK(append(*store, message_of("ada", "2", "nonce")).value.repeated);
}

TEST_CASE("redis store: too many requests wait for Redis") {
  const RedisPlace place;
  const auto store = make_store(place, {.waiting = 2});
  place.server.pause();
  std::atomic<int> done = 0;
  std::atomic<int> refused = 0;
  for (int i = 0; i < 3; ++i) {
    store->append(message_of("ada", "text"), [&](const Outcome<AppendResult>& outcome) {
      ++(outcome.failure == Failure::overloaded ? refused : done);
    });
  }
  CHECK(refused == 1);
  CHECK(store->statistics().queued == 2);
  CHECK(done == 0);
  place.server.resume();
  CHECK(wait_until([&] { return done == 2; }));
  CHECK(wait_until([&] { return store->statistics().queued == 0; }));
}

TEST_CASE("redis store: it may go while requests wait for Redis") {
  RedisPlace place;
  {
    const auto store = make_store(place, {});
    REQUIRE(append(*store, message_of("ada", "1")));
    place.server.pause();
    store->append(message_of("ada", "2"), nullptr);
    static_cast<void>(store->statistics());
  }
  place.server.resume();
  const auto store = make_store(place, {.claim_after = 200ms});
  CHECK(wait_until([&] { return texts(history(*store, "lobby").value) == "1 2"; }));
}

TEST_CASE("redis store: a room keeps so many messages, and no key for ever") {
  const RedisPlace place;
  const auto store = make_store(place, {.nonce_lifetime = 100s, .room_messages = 2});
  const auto first = append(*store, message_of("ada", "1", "nonce"));
  const std::string key = "message:" + first.value.message.id;
  place.settle();
  const auto lives = [&](const std::string& name, std::chrono::milliseconds most) {
    const std::int64_t left = place.number({"PTTL", name});
    return left > 0 && left <= most.count();
  };
  CHECK(lives(key, 24h * 30));
  CHECK(lives("room:lobby:history", 24h * 30));
  CHECK(lives("messages:nonce:ada:nonce", 100s));
  REQUIRE(append(*store, message_of("ada", "2")));
  place.settle();
  CHECK(texts(history(*store, "lobby").value) == "1 2");
  REQUIRE(append(*store, message_of("ada", "3")));
  place.settle();
  CHECK(texts(history(*store, "lobby").value) == "2 3");
  CHECK(place.number({"EXISTS", key}) == 0);
  CHECK(store->statistics().expired == 1);
}

TEST_CASE("redis store: ids cannot make the name of another's key") {
  CHECK(chat::key_part("a b") == "a b");
  CHECK(chat::key_part("a:members%3A") == "a%3Amembers%253A");
}

TEST_CASE("redis store: in a Redis Cluster") {
  const tests::RedisCluster cluster;
  adapters::RedisOptions options;
  options.cluster_nodes = cluster.nodes();
  options.log = [](auto, auto) {};
  const auto redis = std::make_shared<adapters::Redis>(std::move(options));
  const auto store = chat::make_redis_store(redis, {.prefix = "{chat}:"});
  const auto first = append(*store, message_of("ada", "text", "nonce"));
  REQUIRE(first);
  CHECK(append(*store, message_of("ada", "text", "nonce")).value.repeated);
  CHECK(wait_until([&] { return texts(history(*store, "lobby").value) == "text"; }));
}
