// What only the store in SQLite does.
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <string>

#include "apps/chat/store/on_shard.hpp"
#include "apps/chat/store/sqlite.hpp"
#include "tests/apps/chat/store/worlds.hpp"
#include "tests/support/fake_shard.hpp"

using chat::AppendResult;
using chat::Connection;
using chat::Database;
using chat::Failure;
using chat::Outcome;
using chat::Query;
using tests::append;
using tests::ask;
using tests::history;
using tests::message_of;
using tests::texts;

namespace {

using namespace std::chrono_literals;

std::int64_t count(Database& database, const char* sql) {
  return ask<std::int64_t>([&](auto callback) {
           database.read<std::int64_t>(
               [sql](Connection& connection) -> Outcome<std::int64_t> {
                 Query row(connection, sql);
                 return {.value = row.next() ? row.integer(0) : -1};
               },
               std::move(callback));
         })
      .value;
}

}  // namespace

TEST_CASE("sqlite store: the history is there in the next run") {
  tests::SqlitePlace place;
  {
    const auto store = place.make_store({});
    REQUIRE(append(*store, message_of("ada", "before", "nonce")));
  }
  place.database.reset();
  place.database = place.open();
  const auto store = place.make_store({});
  CHECK(texts(history(*store, "lobby").value) == "before");
  CHECK(append(*store, message_of("ada", "before", "nonce")).value.repeated);
}

TEST_CASE("sqlite store: what is too old is removed from the file, in steps") {
  tests::SqlitePlace place;
  tests::TestClock clock;
  chat::StoreOptions options;
  options.max_age = 1h;
  options.now = clock.reader();
  constexpr int old = 1'100;  // more than two steps
  {
    const auto store = place.make_store(options);
    for (int i = 1; i < old; ++i) {
      store->append(message_of("ada", "old"), nullptr);
    }
    const auto last = append(*store, message_of("ada", "old"));
    REQUIRE(ask<chat::Marked>([&](auto callback) {
      store->mark_read({"bob", ""}, "lobby", last.value.message.id, std::move(callback));
    }));
    clock.advance(2h);
    REQUIRE(append(*store, message_of("ada", "young")));
    CHECK(count(*place.database, "SELECT count(*) FROM messages") == old + 1);
    CHECK(count(*place.database, "SELECT count(*) FROM receipts") > 0);
  }
  place.database.reset();
  place.database = place.open();
  const auto store = place.make_store(options);
  CHECK(tests::wait_until([&] { return store->statistics().expired == old; }));
  CHECK(count(*place.database, "SELECT count(*) FROM messages") == 1);
  CHECK(count(*place.database, "SELECT count(*) FROM receipts") == 0);
}

TEST_CASE("sqlite store: a queue that is full refuses") {
  const auto database =
      std::make_shared<Database>(chat::DatabaseOptions{.file = ":memory:", .queued = 2});
  const auto store = chat::make_sqlite_store(database);
  std::promise<void> begun;
  std::promise<void> release;
  database->read<chat::Nothing>(
      [&](Connection&) -> Outcome<chat::Nothing> {
        begun.set_value();
        release.get_future().wait();
        return {};
      },
      nullptr);
  begun.get_future().wait();
  std::atomic<int> stored = 0;
  std::atomic<int> refused = 0;
  for (int i = 0; i < 3; ++i) {
    store->append(message_of("ada", "text"), [&](const Outcome<AppendResult>& outcome) {
      ++(outcome.failure == Failure::overloaded ? refused : stored);
    });
  }
  CHECK(store->statistics().queued == 2);
  CHECK(refused == 1);
  release.set_value();
  CHECK(tests::wait_until([&] { return stored == 2; }));
  CHECK(store->statistics().refused == 1);
  CHECK(store->statistics().stored == 2);
}

TEST_CASE("sqlite store: an answer on a shard") {
  const tests::SqlitePlace place;
  const auto store = place.make_store({});
  support::FakeShard shard;
  std::string text;
  store->append(message_of("ada", "text"),
                chat::on_shard<AppendResult>(shard, [&](const Outcome<AppendResult>& outcome) {
                  text = outcome.value.message.text;
                }));
  CHECK(tests::wait_until([&] { return shard.posted() == 1; }));
  CHECK(text.empty());
  shard.turn();
  CHECK(text == "text");
}
