// What all message stores do alike.
#include "apps/chat/store/message_store.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <vector>

#include "apps/chat/store/receipts.hpp"
#include "tests/apps/chat/store/worlds.hpp"

using chat::Failure;
using chat::Marked;
using chat::Message;
using chat::MessageStore;
using chat::Receipts;
using chat::Recipient;
using chat::StoreOptions;
using tests::append;
using tests::ask;
using tests::history;
using tests::message_of;
using tests::RedisPlace;
using tests::SqlitePlace;
using tests::texts;

namespace {

using namespace std::chrono_literals;

template <class Place>
struct World {
  explicit World(StoreOptions given = {}) : options(std::move(given)) {
    options.now = clock.reader();
    store = place.make_store(options);
  }

  /// Its id. A millisecond passes.
  std::string say(std::string user, std::string text, std::string nonce = {}) {
    const auto outcome = append(*store, message_of(std::move(user), std::move(text), nonce));
    REQUIRE(outcome);
    clock.advance(1ms);
    return outcome.value.message.id;
  }

  chat::Outcome<Marked> deliver(Recipient recipient, std::vector<std::string> ids,
                                std::vector<std::string> rooms = {"lobby"}) {
    return ask<Marked>(
        [&](auto callback) { store->mark_delivered(recipient, rooms, ids, std::move(callback)); });
  }
  chat::Outcome<Marked> read(Recipient recipient, std::string up_to) {
    return ask<Marked>(
        [&](auto callback) { store->mark_read(recipient, "lobby", up_to, std::move(callback)); });
  }
  chat::Outcome<Receipts> receipts(std::string id) {
    return ask<Receipts>([&](auto callback) { store->receipts(id, std::move(callback)); });
  }

  tests::TestClock clock;
  Place place;
  StoreOptions options;
  std::unique_ptr<MessageStore> store;
};

std::vector<std::string> ids(const Marked& marked) {
  std::vector<std::string> all;
  for (const auto& message : marked.messages) {
    all.push_back(message.id);
  }
  return all;
}

using Ids = std::vector<std::string>;
const Recipient bob{"bob", "Bob"};

}  // namespace

TEST_CASE_TEMPLATE("message store: everything of a message is kept", Place, SqlitePlace,
                   RedisPlace) {
  World<Place> world;
  Message text = message_of("ada", "Gruß \xF0\x9F\x91\x8B\n\"'", "n:1 %");
  Message secret = message_of("ada", "");
  secret.ciphertext = std::string("\0\xFF\r\n", 4);
  secret.iv = std::string(12, '\0');
  const auto first = append(*world.store, text);
  const auto second = append(*world.store, secret);
  REQUIRE(first);
  REQUIRE(second);
  CHECK_FALSE(first.value.repeated);
  CHECK(first.value.message.timestamp == world.options.now());
  CHECK(first.value.message.id < second.value.message.id);
  world.place.settle();

  const auto page = history(*world.store, "lobby");
  REQUIRE(page);
  REQUIRE(page.value.messages.size() == 2);
  CHECK_FALSE(page.value.more);
  CHECK(page.value.messages[0] == first.value.message);
  CHECK(page.value.messages[1] == second.value.message);
  text.id = page.value.messages[0].id;
  text.timestamp = page.value.messages[0].timestamp;
  CHECK(page.value.messages[0] == text);
  CHECK(history(*world.store, "lob").value.messages.empty());
  CHECK(world.store->statistics().stored == 2);
}

TEST_CASE_TEMPLATE("message store: pages of a history", Place, SqlitePlace, RedisPlace) {
  World<Place> world;
  std::vector<std::string> said;
  for (const char* text : {"1", "2", "3", "4", "5"}) {
    said.push_back(world.say("ada", text));
  }
  Message elsewhere = message_of("ada", "elsewhere");
  elsewhere.room = "lobby:history";  // must not reach into the names of other keys
  REQUIRE(append(*world.store, elsewhere));
  world.place.settle();

  const auto newest = history(*world.store, "lobby", "", 2).value;
  CHECK(texts(newest) == "4 5");
  CHECK(newest.more);
  const auto middle = history(*world.store, "lobby", newest.messages[0].id, 2).value;
  CHECK(texts(middle) == "2 3");
  CHECK(middle.more);
  const auto oldest = history(*world.store, "lobby", middle.messages[0].id, 2).value;
  CHECK(texts(oldest) == "1");
  CHECK_FALSE(oldest.more);
  // Exactly as many as there are.
  const auto all = history(*world.store, "lobby", "", 5).value;
  CHECK(texts(all) == "1 2 3 4 5");
  CHECK_FALSE(all.more);
  CHECK(texts(history(*world.store, "lobby", said[0], 5).value).empty());
}

TEST_CASE_TEMPLATE("message store: a nonce is stored once", Place, SqlitePlace, RedisPlace) {
  World<Place> world;
  const auto first = append(*world.store, message_of("ada", "once", "nonce"));
  world.clock.advance(5ms);
  const auto again = append(*world.store, message_of("ada", "once", "nonce"));
  const auto other = append(*world.store, message_of("bob", "other", "nonce"));
  REQUIRE(again);
  CHECK(again.value.repeated);
  CHECK(again.value.message.id == first.value.message.id);
  CHECK(again.value.message.timestamp == first.value.message.timestamp);
  CHECK_FALSE(other.value.repeated);
  world.place.settle();
  CHECK(texts(history(*world.store, "lobby").value) == "once other");
  CHECK(world.store->statistics().stored == 2);
  CHECK(world.store->statistics().repeated == 1);
}

TEST_CASE_TEMPLATE("message store: delivered and read, by each recipient", Place, SqlitePlace,
                   RedisPlace) {
  World<Place> world;
  const std::string first = world.say("ada", "1");
  const std::string second = world.say("ada", "2");
  const std::string own = world.say("bob", "3");
  world.place.settle();

  const auto delivered_at = world.options.now();
  const auto delivered = world.deliver(bob, {first, own, "01ARZ3NDEKTSV4RRFFQ69G5FAV"});
  REQUIRE(delivered);
  CHECK(ids(delivered.value) == Ids{first});
  CHECK(delivered.value.messages[0].room == "lobby");
  CHECK(delivered.value.messages[0].sender == "ada");
  CHECK(delivered.value.timestamp == delivered_at);
  CHECK(ids(world.deliver(bob, {first}).value).empty());
  CHECK(ids(world.deliver(bob, {second}, {"another room"}).value).empty());

  world.clock.advance(10ms);
  CHECK(ids(world.read(bob, own).value) == Ids{second, first});
  CHECK(ids(world.read(bob, own).value).empty());
  CHECK(ids(world.read({"eve", "Eve 2"}, first).value) == Ids{first});

  const auto receipts = world.receipts(first);
  REQUIRE(receipts);
  CHECK(receipts.value.room == "lobby");
  CHECK(receipts.value.sender == "ada");
  REQUIRE(receipts.value.receipts.size() == 2);
  CHECK(receipts.value.receipts[0].user_id == "bob");
  CHECK(receipts.value.receipts[0].username == "Bob");
  CHECK(receipts.value.receipts[0].delivered == delivered_at);
  CHECK(receipts.value.receipts[0].read == delivered_at + 10ms);
  CHECK(receipts.value.receipts[1].username == "Eve 2");
  CHECK(receipts.value.receipts[1].delivered == delivered_at + 10ms);
  CHECK(world.receipts(own).value.receipts.size() == 0);

  CHECK(ids(world.deliver({"dan", ""}, {own}).value) == Ids{own});
  CHECK_FALSE(world.receipts(own).value.receipts[0].read);
  CHECK(world.receipts("01ARZ3NDEKTSV4RRFFQ69G5FAV").failure == Failure::no_such_message);
}

TEST_CASE_TEMPLATE("message store: reading goes on until what was read before", Place, SqlitePlace,
                   RedisPlace) {
  World<Place> world;
  std::vector<std::string> said;
  for (std::size_t i = 0; i < chat::read_run + 4; ++i) {
    said.push_back(world.say("ada", "text"));
  }
  world.place.settle();
  // One is left unread between those that are read.
  for (std::size_t i = 1; i < said.size(); ++i) {
    if (i != 3) {
      world.deliver(bob, {said[i]});
    }
  }
  CHECK(ids(world.read(bob, said[2]).value) == Ids{said[2], said[1], said[0]});
  const auto rest = ids(world.read(bob, said.back()).value);
  CHECK(rest.size() == said.size() - 3);
  CHECK(rest.front() == said.back());
  // Now all are read; a new one does not lead back through all of them.
  said.push_back(world.say("ada", "new"));
  world.place.settle();
  CHECK(ids(world.read(bob, said.back()).value) == Ids{said.back()});
}

TEST_CASE_TEMPLATE("message store: limits of marks", Place, SqlitePlace, RedisPlace) {
  StoreOptions options;
  options.limits.receipts_per_message = 2;
  options.limits.read_at_once = 2;
  options.limits.delivered_at_once = 2;
  World<Place> world(options);
  const std::string first = world.say("ada", "1");
  const std::string second = world.say("ada", "2");
  const std::string third = world.say("ada", "3");
  world.place.settle();

  CHECK(ids(world.read(bob, third).value) == Ids{third, second});
  CHECK(ids(world.deliver({"eve", ""}, {first, second}).value) == Ids{first, second});
  CHECK(world.deliver({"eve", ""}, {first, second, third}).failure == Failure::invalid);
  CHECK(world.deliver({"eve", ""}, {}).failure == Failure::invalid);
  CHECK(ids(world.deliver({"dan", ""}, {first, second}).value) == Ids{first});
  CHECK(world.receipts(second).value.receipts.size() == 2);
  // Who has a receipt may still read.
  CHECK(ids(world.read({"eve", ""}, second).value) == Ids{second, first});
  CHECK(ids(world.read({"gus", ""}, second).value).empty());
}

TEST_CASE_TEMPLATE("message store: limits of requests", Place, SqlitePlace, RedisPlace) {
  StoreOptions options;
  options.limits = {.room_bytes = 5,
                    .user_bytes = 8,
                    .nonce_bytes = 3,
                    .text_bytes = 4,
                    .ciphertext_bytes = 4,
                    .iv_bytes = 2,
                    .page_messages = 3};
  World<Place> world(options);
  const auto failure = [&](auto change) {
    Message message = message_of("a", "text", "123");
    message.username = "12345678";
    change(message);
    return append(*world.store, message).failure;
  };
  CHECK(failure([](Message&) {}) == Failure::none);
  CHECK(failure([](Message& m) { m.room += '!'; }) == Failure::invalid);
  CHECK(failure([](Message& m) { m.room.clear(); }) == Failure::invalid);
  CHECK(failure([](Message& m) { m.user_id = "12345678"; }) == Failure::none);
  CHECK(failure([](Message& m) { m.user_id = "123456789"; }) == Failure::invalid);
  CHECK(failure([](Message& m) { m.user_id.clear(); }) == Failure::invalid);
  CHECK(failure([](Message& m) { m.username += '!'; }) == Failure::invalid);
  CHECK(failure([](Message& m) { m.nonce += '!'; }) == Failure::invalid);
  CHECK(failure([](Message& m) { m.text += '!'; }) == Failure::invalid);
  CHECK(failure([](Message& m) { m.text.clear(); }) == Failure::invalid);
  CHECK(failure([](Message& m) { m.ciphertext = "both"; }) == Failure::invalid);
  CHECK(failure([](Message& m) { m.id = "no id"; }) == Failure::invalid);
  const auto secret = [&](std::string ciphertext, std::string iv) {
    return failure([&](Message& m) {
      m.text.clear();
      m.nonce.clear();
      m.ciphertext = ciphertext;
      m.iv = iv;
    });
  };
  CHECK(secret("1234", "12") == Failure::none);
  CHECK(secret("12345", "12") == Failure::invalid);
  CHECK(secret("1234", "123") == Failure::invalid);

  CHECK(history(*world.store, "lobby", "", 3).failure == Failure::none);
  CHECK(history(*world.store, "lobby", "", 4).error ==
        "the page has 4 messages, at most 3 are allowed");
  CHECK(history(*world.store, "lobby", "", 0).failure == Failure::invalid);
  CHECK(history(*world.store, "lobby", "yesterday", 3).error ==
        "`before` is not the id of a message");
  CHECK(world.read(bob, "yesterday").failure == Failure::invalid);
  CHECK(world.receipts("").failure == Failure::invalid);
}

TEST_CASE_TEMPLATE("message store: old messages are gone", Place, SqlitePlace, RedisPlace) {
  StoreOptions options;
  options.max_age = 1h;
  World<Place> world(options);
  const std::string old = world.say("ada", "old");
  world.clock.advance(30min);
  const std::string young = world.say("ada", "young");
  world.place.settle();
  world.clock.advance(30min - 2ms);  // an hour in all
  CHECK(texts(history(*world.store, "lobby").value) == "old young");
  CHECK(ids(world.read(bob, old).value) == Ids{old});
  world.clock.advance(1ms);
  const auto page = history(*world.store, "lobby").value;
  CHECK(texts(page) == "young");
  CHECK_FALSE(page.more);
  CHECK(ids(world.read({"eve", ""}, young).value) == Ids{young});
  CHECK(world.receipts(old).failure == Failure::no_such_message);
}
