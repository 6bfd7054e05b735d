#pragma once

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "adapters/redis_client.hpp"
#include "apps/chat/store/database.hpp"
#include "apps/chat/store/message_store.hpp"
#include "tests/adapters/support/redis_server.hpp"

namespace tests {

/// Asks with a callback and waits for the answer.
///
///     ask<HistoryPage>([&](auto callback) { store.history("lobby", "", 10, std::move(callback));
///     })
template <class T, class Function>
chat::Outcome<T> ask(Function function) {
  const auto answer = std::make_shared<std::promise<chat::Outcome<T>>>();
  auto future = answer->get_future();
  function(chat::Callback<T>(
      [answer](chat::Outcome<T> outcome) { answer->set_value(std::move(outcome)); }));
  if (future.wait_for(std::chrono::seconds(30)) != std::future_status::ready) {
    FAIL("no answer");
  }
  return future.get();
}

/// A time that goes only when a test says so.
class TestClock {
 public:
  [[nodiscard]] std::function<socketio::Date()> reader() const {
    return [time = time_] { return socketio::Date(std::chrono::milliseconds(*time)); };
  }
  void advance(std::chrono::milliseconds by) { *time_ += by.count(); }

 private:
  // 2023-11-14T22:13:20.000Z
  std::shared_ptr<std::atomic<std::int64_t>> time_ =
      std::make_shared<std::atomic<std::int64_t>>(1'700'000'000'000);
};

/// A place for what is stored: a SQLite file.
struct SqlitePlace {
  TemporaryFolder folder;
  std::shared_ptr<chat::Database> database = open();

  [[nodiscard]] std::shared_ptr<chat::Database> open() const {
    return std::make_shared<chat::Database>(
        chat::DatabaseOptions{.file = folder.file("chat.db"), .sync = false});
  }
  [[nodiscard]] std::unique_ptr<chat::MessageStore> make_store(chat::StoreOptions options) const {
    return chat::make_sqlite_store(database, std::move(options));
  }
  /// Until what was accepted is in the history.
  void settle() const {}
};

/// … or a Redis.
struct RedisPlace {
  RedisServer server;
  std::shared_ptr<adapters::Redis> redis = connect();

  [[nodiscard]] std::shared_ptr<adapters::Redis> connect() const {
    return std::make_shared<adapters::Redis>(
        adapters::RedisOptions{.url = server.url(), .log = [](auto, auto) {}});
  }
  [[nodiscard]] std::unique_ptr<chat::MessageStore> make_store(chat::StoreOptions options) const {
    return chat::make_redis_store(redis, {}, std::move(options));
  }
  [[nodiscard]] adapters::redis::Result execute(adapters::redis::Command command) const {
    const auto answer = std::make_shared<std::promise<adapters::redis::Result>>();
    auto future = answer->get_future();
    redis->client().execute(std::move(command), [answer](adapters::redis::Result result) {
      answer->set_value(std::move(result));
    });
    return future.get();
  }
  [[nodiscard]] std::int64_t number(adapters::redis::Command command) const {
    return execute(std::move(command)).reply.integer;
  }
  void settle() const {
    CHECK(wait_until(
        [&] {
          return number({"XLEN", "messages:queue"}) == 0;
        },
        std::chrono::seconds(30)));
  }
};

inline chat::Outcome<chat::AppendResult> append(chat::MessageStore& store, chat::Message message) {
  return ask<chat::AppendResult>(
      [&](auto callback) { store.append(std::move(message), std::move(callback)); });
}

inline chat::Message message_of(std::string user, std::string text, std::string nonce = {}) {
  return {.id = {},
          .room = "lobby",
          .user_id = user,
          .username = user + "'s name",
          .text = std::move(text),
          .ciphertext = {},
          .iv = {},
          .timestamp = {},
          .nonce = std::move(nonce)};
}

inline chat::Outcome<chat::HistoryPage> history(chat::MessageStore& store, std::string room,
                                                std::string before = {}, std::size_t limit = 50) {
  return ask<chat::HistoryPage>([&](auto callback) {
    store.history(std::move(room), std::move(before), limit, std::move(callback));
  });
}

/// The texts of a page, the oldest first.
inline std::string texts(const chat::HistoryPage& page) {
  std::string all;
  for (const chat::Message& message : page.messages) {
    all += (all.empty() ? "" : " ") + message.text;
  }
  return all;
}

}  // namespace tests
