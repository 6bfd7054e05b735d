#include "apps/chat/store/database.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <fstream>
#include <future>
#include <stdexcept>

#include "apps/chat/store/sqlite.hpp"
#include "tests/adapters/support/redis_server.hpp"
#include "tests/apps/chat/store/worlds.hpp"

using chat::Connection;
using chat::Database;
using chat::Failure;
using chat::Nothing;
using chat::Outcome;
using chat::Query;
using tests::ask;

namespace {

Outcome<std::int64_t> count(Database& database) {
  return ask<std::int64_t>([&](auto callback) {
    database.read<std::int64_t>(
        [](Connection& connection) -> Outcome<std::int64_t> {
          Query row(connection, "SELECT count(*) FROM notes");
          return {.value = row.next() ? row.integer(0) : -1};
        },
        std::move(callback));
  });
}

Outcome<Nothing> insert(Connection& connection) {
  connection.execute("INSERT INTO notes VALUES ('a')");
  return {};
}

/// Keeps the database's thread busy until it is destroyed.
struct Obstacle {
  explicit Obstacle(Database& database) {
    std::promise<void> begun;
    database.read<Nothing>(
        [&, released = release.get_future().share()](Connection&) -> Outcome<Nothing> {
          begun.set_value();
          released.wait();
          return {};
        },
        nullptr);
    begun.get_future().wait();
  }
  ~Obstacle() { release.set_value(); }

  std::promise<void> release;
};

constexpr const char* table = "CREATE TABLE notes (text TEXT)";

}  // namespace

TEST_CASE("database: what is written is there in the next run") {
  const tests::TemporaryFolder folder;
  const chat::DatabaseOptions options{.file = folder.file("a.db")};
  {
    Database database(options);
    database.make_tables("notes", 1, table);
    database.write<Nothing>(insert, nullptr);  // done before the database is gone
  }
  Database database(options);
  database.make_tables("notes", 1, table);
  CHECK(count(database).value == 1);
}

TEST_CASE("database: what cannot be opened or used") {
  const tests::TemporaryFolder folder;
  CHECK_THROWS_AS(Database({.file = folder.file("no/such/folder.db")}), std::runtime_error);

  std::ofstream(folder.file("text")) << std::string(10'000, 'x');
  CHECK_THROWS_AS(Database({.file = folder.file("text")}), std::runtime_error);

  const chat::DatabaseOptions options{.file = folder.file("a.db"), .log = [](auto) {}};
  Database(options).make_tables("notes", 2, table);
  Database database(options);
  CHECK_THROWS_WITH_AS(database.make_tables("notes", 1, table),
                       "the tables for notes in the database are of version 2, this program knows "
                       "1: use the newer program",
                       std::runtime_error);
  CHECK_THROWS_AS(database.make_tables("other", 1, "CREATE NONSENSE"), std::runtime_error);
}

TEST_CASE("database: jobs that wait go together, and too many are refused") {
  Database database({.file = ":memory:", .queued = 10});
  database.make_tables("notes", 1, table);
  const auto before = database.statistics();
  std::atomic<int> done = 0;
  std::atomic<int> refused = 0;
  {
    const Obstacle obstacle(database);
    for (int i = 0; i < 11; ++i) {
      database.write<Nothing>(insert, [&](const Outcome<Nothing>& outcome) {
        ++(outcome.failure == Failure::overloaded ? refused : done);
      });
    }
    CHECK(database.statistics().queued == 10);
    CHECK(refused == 1);
    CHECK(done == 0);
  }
  CHECK(tests::wait_until([&] { return done == 10; }));
  CHECK(count(database).value == 10);
  CHECK(database.statistics().refused == 1);
  // The obstacle's, theirs, and that of count().
  CHECK(database.statistics().batches - before.batches == 3);
}

TEST_CASE("database: a batch is at most so large") {
  Database database({.file = ":memory:", .batch = 4});
  database.make_tables("notes", 1, table);
  const auto before = database.statistics();
  {
    const Obstacle obstacle(database);
    for (int i = 0; i < 5; ++i) {
      database.write<Nothing>(insert, nullptr);
    }
  }
  CHECK(tests::wait_until([&] { return database.statistics().jobs - before.jobs == 6; }));
  CHECK(database.statistics().batches - before.batches == 3);
}

TEST_CASE("database: jobs that write wait for others") {
  Database database({.file = ":memory:", .batch = 3, .batch_delay = std::chrono::minutes(1)});
  const auto nothing = [](Connection&) -> Outcome<Nothing> { return {}; };
  std::atomic<int> done = 0;
  const auto answer = [&](const Outcome<Nothing>&) { ++done; };
  for (int i = 0; i < 3; ++i) {
    database.write<Nothing>(nothing, answer);
  }
  CHECK(tests::wait_until([&] { return done == 3; }));
  CHECK(database.statistics().batches == 1);
  // Who reads, waits for nobody, nor does who was there before.
  database.write<Nothing>(nothing, answer);
  database.read<Nothing>(nothing, answer);
  CHECK(tests::wait_until([&] { return done == 5; }));
}

TEST_CASE("database: of a batch that fails nothing is kept") {
  std::atomic<int> complaints = 0;
  Database database({.file = ":memory:", .log = [&](std::string_view) { ++complaints; }});
  database.make_tables("notes", 1, table);
  std::atomic<int> unavailable = 0;
  const auto answer = [&](const Outcome<Nothing>& outcome) {
    unavailable += outcome.failure == Failure::unavailable && !outcome.error.empty() ? 1 : 0;
  };
  {
    const Obstacle obstacle(database);
    database.write<Nothing>(insert, answer);
    database.write<Nothing>(
        [](Connection& connection) -> Outcome<Nothing> {
          connection.execute("INSERT INTO no_such_table VALUES (1)");
          return {};
        },
        answer);
  }
  CHECK(tests::wait_until([&] { return unavailable == 2; }));
  CHECK(complaints == 1);
  CHECK(database.statistics().failed_batches == 1);
  CHECK(count(database).value == 0);
  REQUIRE(
      ask<Nothing>([&](auto callback) { database.write<Nothing>(insert, std::move(callback)); }));
  CHECK(count(database).value == 1);
}

TEST_CASE("database: steps that have more to do") {
  std::atomic<int> steps = 0;
  Database database({.file = ":memory:"});
  database.repeat(std::chrono::hours(1), [&](Connection&) { return ++steps < 5; });
  CHECK(tests::wait_until([&] { return steps == 5; }));
  REQUIRE(ask<Nothing>([&](auto callback) {
    database.read<Nothing>([](Connection&) -> Outcome<Nothing> { return {}; }, std::move(callback));
  }));
  CHECK(steps == 5);
}
