// The client and one real redis-server.
#include "adapters/redis_client.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "tests/adapters/support/redis_recorder.hpp"
#include "tests/adapters/support/redis_server.hpp"

using namespace std::chrono_literals;
using adapters::RedisOptions;
using adapters::redis::ChannelKind;
using adapters::redis::Command;
using adapters::redis::Reply;
using adapters::redis::Result;
using tests::Notes;
using tests::RedisServer;
using tests::TestedClient;
using tests::to;
using tests::wait_until;

TEST_CASE("redis client: commands, transactions, errors") {
  const RedisServer server;
  const TestedClient client(to(server));
  CHECK(client.execute({"SET", "a", std::string("x\0\r\n", 4)}).reply.text == "OK");
  CHECK(client.execute({"GET", "a"}).reply.text == std::string("x\0\r\n", 4));
  CHECK(client.execute({"GET", "b"}).reply.type == Reply::Type::nil);
  CHECK(client.execute({"LPUSH", "a", "1"}).error.starts_with("WRONGTYPE"));
  CHECK(client.execute({"NONSENSE"}).error.starts_with("ERR unknown command"));

  std::promise<Result> done;
  client->execute_transaction({{"SET", "n", "1"}, {"INCR", "n"}, {"GET", "n"}},
                              [&](Result result) { done.set_value(std::move(result)); });
  const Result result = done.get_future().get();
  REQUIRE(result);
  REQUIRE(result.reply.elements.size() == 3);
  CHECK(result.reply.elements[1].integer == 2);
  CHECK(result.reply.elements[2].text == "2");

  std::promise<Result> failed;
  client->execute_transaction({{"SET", "n", "5"}, {"NONSENSE"}},
                              [&](Result why) { failed.set_value(std::move(why)); });
  CHECK(failed.get_future().get().error.starts_with("ERR unknown command"));
  CHECK(client.execute({"GET", "n"}).reply.text == "2");
  CHECK(client->statistics().connected);
}

TEST_CASE("redis client: every thread's commands stay in order") {
  const RedisServer server;
  const TestedClient client(to(server));
  constexpr int threads = 4;
  constexpr int each = 2'000;
  std::atomic<int> answered = 0;
  std::atomic<int> out_of_order = 0;
  std::vector<std::thread> running;
  for (int t = 0; t < threads; ++t) {
    running.emplace_back([&, t] {
      for (int i = 1; i <= each; ++i) {
        client->execute({"INCR", "counter" + std::to_string(t)}, [&, i](Result result) {
          out_of_order += result.reply.integer == i ? 0 : 1;
          ++answered;
        });
      }
    });
  }
  for (std::thread& thread : running) {
    thread.join();
  }
  CHECK(wait_until([&] { return answered == threads * each; }));
  CHECK(out_of_order == 0);
  CHECK(client->statistics().commands == threads * each);
}

TEST_CASE("redis client: channels, patterns, sharded channels") {
  const RedisServer server;
  const TestedClient client(to(server));
  client.subscribe(ChannelKind::plain, "plain");
  client.subscribe(ChannelKind::pattern, "pat*");
  client.subscribe(ChannelKind::sharded, "shard");
  REQUIRE(client.wait_for_message("subscribed plain"));
  REQUIRE(client.wait_for_message("subscribed pat*"));
  REQUIRE(client.wait_for_message("subscribed shard"));
  CHECK(client.count(ChannelKind::plain, "plain") == 1);
  CHECK(client.count(ChannelKind::plain, "nobody") == 0);
  CHECK(client.count(ChannelKind::sharded, "shard") == 1);

  client->publish(ChannelKind::plain, "plain", std::string_view("a\0b", 3));
  client->publish(ChannelKind::pattern, "pattern", "2");
  std::promise<Result> published;
  client->publish(ChannelKind::sharded, "shard", "3",
                  [&](Result result) { published.set_value(std::move(result)); });
  CHECK(published.get_future().get().reply.integer == 1);
  CHECK(client.wait_for_message(std::string("plain=a\0b", 9)));
  CHECK(client.wait_for_message("pattern=2"));
  CHECK(client.wait_for_message("shard=3"));
  CHECK(client->statistics().messages_received == 3);

  client.unsubscribe(ChannelKind::plain, "plain");
  client.subscribe(ChannelKind::plain, "last");
  REQUIRE(client.wait_for_message("subscribed last"));
  CHECK(client.count(ChannelKind::plain, "plain") == 0);
  client.subscribe(ChannelKind::plain, "plain");
  CHECK(wait_until([&] { return client.messages().count("subscribed plain") == 2; }));
}

TEST_CASE("redis client: a handler may unsubscribe itself and change the payload") {
  const RedisServer server;
  const TestedClient client(to(server));
  std::atomic<int> calls = 0;
  client.on_thread([&] {
    client->subscribe(ChannelKind::plain, "once", [&](std::string_view name, std::span<char> text) {
      text[0] = 'X';
      client->unsubscribe(ChannelKind::plain, name);
      ++calls;
    });
  });
  client.subscribe(ChannelKind::plain, "after");
  REQUIRE(client.wait_for_message("subscribed after"));
  for (int i = 0; i < 3; ++i) {
    client->publish(ChannelKind::plain, "once", "text");
  }
  client->publish(ChannelKind::plain, "after", "end");
  CHECK(client.wait_for_message("after=end"));
  CHECK(calls == 1);
}

TEST_CASE("redis client: large messages") {
  const RedisServer server;
  const TestedClient client(to(server));
  client.subscribe(ChannelKind::plain, "large");
  REQUIRE(client.wait_for_message("subscribed large"));
  const std::string payload(5'000'000, 'x');
  client->publish(ChannelKind::plain, "large", payload);
  client->publish(ChannelKind::plain, "large", "end");
  REQUIRE(client.wait_for_message("large=end"));
  CHECK(client.messages().all()[1].size() == payload.size() + 6);
}

TEST_CASE("redis client: passwords") {
  const RedisServer server(
      {"--requirepass", "se/cret", "--user", "alice", "on", ">wonder", "~*", "&*", "+@all"});
  RedisOptions options = to(server);
  SUBCASE("none") {
    const TestedClient client(options);
    CHECK(wait_until([&] { return client.log().has("refused: NOAUTH"); }));
    CHECK(client.log().has("RedisOptions::url"));
    CHECK_FALSE(client->statistics().connected);
  }
  SUBCASE("wrong") {
    options.url = "redis://:wrong@" + server.address();
    const TestedClient client(options);
    CHECK(wait_until([&] { return client.log().has("refused: WRONGPASS"); }));
  }
  SUBCASE("right, and its commands waited") {
    options.url = "redis://:se%2fcret@" + server.address();
    const TestedClient client(options);
    CHECK(client.execute({"PING"}).reply.text == "PONG");
  }
  SUBCASE("of a user") {
    options.url = "redis://alice:wonder@" + server.address();
    const TestedClient client(options);
    CHECK(client.execute({"ACL", "WHOAMI"}).reply.text == "alice");
  }
}

TEST_CASE("redis client: databases") {
  const RedisServer server;
  RedisOptions options = to(server);
  options.url += "/3";
  const TestedClient client(options);
  REQUIRE(client.execute({"SET", "in", "three"}));
  CHECK(server.cli({"-n", "3", "get", "in"}) == "three");
  options.url = server.url() + "/99";
  const TestedClient wrong(options);
  CHECK(wait_until([&] { return wrong.log().has("refused: ERR DB index is out of range"); }));
}

TEST_CASE("redis client: a Unix socket") {
  const RedisServer server({"--unixsocket", "{folder}/redis.sock"});
  RedisOptions options;
  options.url = "unix://" + server.file("redis.sock") + "?db=2";
  const TestedClient client(options);
  client.subscribe(ChannelKind::plain, "c");
  REQUIRE(client.wait_for_message("subscribed c"));
  REQUIRE(client.execute({"SET", "a", "unix"}));
  CHECK(server.cli({"-n", "2", "get", "a"}) == "unix");
  client->publish(ChannelKind::plain, "c", "x");
  CHECK(client.wait_for_message("c=x"));
}

TEST_CASE("redis client: host names") {
  const RedisServer server;
  RedisOptions options;
  options.url = "redis://localhost:" + std::to_string(server.port());
  const TestedClient client(options);
  CHECK(client.execute({"PING"}).reply.text == "PONG");
  options.url = "redis://no-such-host.invalid";
  TestedClient nowhere(options);
  CHECK(wait_until([&] { return nowhere.log().has("cannot be reached"); }));
}

TEST_CASE("redis client: blocking commands") {
  RedisServer server;
  RedisOptions options = to(server);
  options.response_timeout = 500ms;
  const TestedClient client(options);
  std::unique_ptr<adapters::redis::BlockingConnection> blocking;
  Notes answers;
  const auto execute = [&](Command command) {
    client.on_thread([&] {
      blocking->execute(std::move(command), [&](Result result) {
        answers.add(result.error + (result.reply.type == Reply::Type::array ? "array" : "nil"));
      });
    });
  };
  client.on_thread([&] { blocking = client->connect_blocking("stream"); });
  SUBCASE("answered, after longer than the response timeout") {
    execute({"XREAD", "BLOCK", "1200", "STREAMS", "stream", "$"});
    CHECK(wait_until([&] { return answers.size() == 1; }));
    CHECK(answers.all()[0] == "nil");
    execute({"XREAD", "BLOCK", "0", "STREAMS", "stream", "0"});
    REQUIRE(client.execute({"XADD", "stream", "*", "a", "b"}));
    CHECK(wait_until([&] { return answers.size() == 2; }));
    CHECK(answers.all()[1] == "array");
    CHECK(client->statistics().connections_lost == 0);
  }
  SUBCASE("lost, and repeated by its owner") {
    execute({"XREAD", "BLOCK", "0", "STREAMS", "stream", "$"});
    CHECK(wait_until([&] {
      return server.cli({"client", "list"}).find("cmd=xread") != std::string::npos;
    }));
    server.kill();
    CHECK(wait_until([&] { return answers.size() == 1; }));
    CHECK(answers.has(adapters::redis::connection_lost));
    execute({"XREAD", "BLOCK", "0", "STREAMS", "stream", "0"});
    server.start();
    REQUIRE(client.execute({"XADD", "stream", "*", "a", "b"}));
    CHECK(wait_until([&] { return answers.size() == 2; }));
    CHECK(answers.all()[1] == "array");
  }
  SUBCASE("destroyed in its own callback") {
    client.on_thread([&] {
      blocking->execute({"PING"}, [&](Result) {
        blocking.reset();
        answers.add("gone");
      });
    });
    CHECK(wait_until([&] { return answers.size() == 1; }));
  }
  client.on_thread([&] { blocking.reset(); });
}

TEST_CASE("redis client: options that make no sense") {
  RedisOptions options;
  options.url = "nonsense";
  CHECK_THROWS_AS(adapters::Redis{options}, std::invalid_argument);
  options.url = "rediss://h";
  options.tls.ca_file = "/nonexistent";
  CHECK_THROWS_WITH_AS(adapters::Redis{options}, doctest::Contains("/nonexistent"),
                       std::invalid_argument);
}
