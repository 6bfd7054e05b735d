// The client and a redis-server that goes away.
#include "adapters/redis_client.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <thread>

#include "tests/adapters/support/redis_recorder.hpp"
#include "tests/adapters/support/redis_server.hpp"

using namespace std::chrono_literals;
using adapters::RedisOptions;
using adapters::redis::ChannelKind;
using adapters::redis::Reply;
using adapters::redis::Result;
using tests::Notes;
using tests::RedisServer;
using tests::TestedClient;
using tests::to;
using tests::wait_until;

TEST_CASE("redis client: killed and started again") {
  RedisServer server;
  const TestedClient client(to(server));
  client.subscribe(ChannelKind::plain, "c");
  client.subscribe(ChannelKind::sharded, "s");
  REQUIRE(client.wait_for_message("subscribed c"));
  REQUIRE(client.wait_for_message("subscribed s"));
  server.kill();
  REQUIRE(wait_until([&] { return !client->statistics().connected; }));
  Notes answers;
  client->execute({"SET", "while", "away"},
                  [&](Result result) { answers.add("set " + result.reply.text + result.error); });
  client->publish(ChannelKind::plain, "c", "away", [&](Result result) {
    answers.add("publish " + std::to_string(result.reply.integer) + result.error);
  });
  server.start();
  const auto started = std::chrono::steady_clock::now();
  CHECK(wait_until([&] { return answers.size() == 2; }));
  CHECK(answers.has("set OK"));
  CHECK(wait_until([&] {
    client->publish(ChannelKind::plain, "c", "again");
    client->publish(ChannelKind::sharded, "s", "again");
    return client.messages().has("c=again") && client.messages().has("s=again");
  }));
  const auto taken = std::chrono::steady_clock::now() - started;
  WARN(taken < 1s);  // on an idle machine
  CHECK(taken < 5s);
  CHECK(client->statistics().connections_lost == 2);
  // Told once each.
  CHECK(client.log().count("(commands): connected") == 2);
  CHECK(client.log().count("(commands): lost") == 1);
  CHECK(client.log().count("(subscriptions): lost") == 1);
  CHECK(client.log().size() == 6);
}

TEST_CASE("redis client: away at first") {
  RedisServer server;
  server.kill();
  const TestedClient client(to(server));
  client.subscribe(ChannelKind::plain, "c");
  std::promise<Result> done;
  client->execute({"PING"}, [&](Result result) { done.set_value(std::move(result)); });
  REQUIRE(wait_until([&] { return client.log().count("cannot be reached") == 2; }));
  server.start();
  CHECK(done.get_future().get().reply.text == "PONG");
  CHECK(client.wait_for_message("subscribed c"));
  CHECK(client.log().count("cannot be reached") == 2);
}

TEST_CASE("redis client: what was sent and not answered has failed, what was not is sent") {
  RedisServer server;
  RedisOptions options = to(server);
  const TestedClient client(options);
  REQUIRE(client.execute({"PING"}));
  server.pause();
  Notes answers;
  client->execute({"INCR", "sent"}, [&](Result result) { answers.add("first " + result.error); });
  // Until it has been written.
  client.on_thread([] {});
  client.on_thread([] {});
  server.kill();
  server.start();
  CHECK(wait_until([&] { return answers.size() == 1; }));
  CHECK(answers.has(adapters::redis::connection_lost));
  CHECK(client.execute({"GET", "sent"}).reply.type == Reply::Type::nil);
}

TEST_CASE("redis client: commands at the limit and one past it") {
  RedisServer server;
  server.kill();
  RedisOptions options = to(server);
  options.queued_commands = 3;
  const TestedClient client(options);
  Notes answers;
  for (int i = 0; i < 4; ++i) {
    client->execute({"ECHO", std::to_string(i)},
                    [&](Result result) { answers.add(result.reply.text + result.error); });
  }
  CHECK(wait_until([&] { return answers.size() == 1; }));
  CHECK(answers.has(adapters::redis::queue_full));
  client->publish(ChannelKind::plain, "c", "refused and counted");
  CHECK(client->statistics().commands_refused == 2);
  server.start();
  CHECK(wait_until([&] { return answers.size() == 4; }));
  CHECK(answers.all()[1] == "0");
  CHECK(answers.all()[3] == "2");
  CHECK(client.execute({"ECHO", "room again"}).reply.text == "room again");
}

TEST_CASE("redis client: bytes at the limit and one past it") {
  RedisServer server;
  server.kill();
  for (const bool past : {false, true}) {
    RedisOptions options = to(server);
    options.queued_bytes = past ? 111 : 112;  // 101 and 11
    TestedClient client(options);
    Notes answers;
    const auto note = [&](Result result) { answers.add(result.error); };
    client->execute({"ECHO", std::string(80, 'x')}, note);
    client->execute({"P"}, note);
    client.on_thread([] {});
    client.on_thread([] {});
    CHECK(client->statistics().commands_refused == (past ? 1 : 0));
    client.destroy();
    CHECK(answers.size() == 2);
    CHECK(answers.count(adapters::redis::queue_full) == (past ? 1 : 0));
    CHECK(answers.count(adapters::redis::closed) == (past ? 1 : 2));
  }
}

TEST_CASE("redis client: the subscriber's connection is killed") {
  const RedisServer server;
  const TestedClient client(to(server));
  client.subscribe(ChannelKind::plain, "c");
  REQUIRE(client.wait_for_message("subscribed c"));
  CHECK(client.execute({"CLIENT", "KILL", "TYPE", "pubsub"}).reply.integer == 1);
  CHECK(wait_until([&] {
    client->publish(ChannelKind::plain, "c", "x");
    return client.messages().has("c=x");
  }));
  // It was confirmed before.
  CHECK(client.messages().count("subscribed c") == 1);
  CHECK(client->statistics().connections_lost == 1);
}

TEST_CASE("redis client: a server that stops answering") {
  const RedisServer server;
  RedisOptions options = to(server);
  options.response_timeout = 400ms;
  const TestedClient client(options);
  client.subscribe(ChannelKind::plain, "c");
  REQUIRE(client.wait_for_message("subscribed c"));
  REQUIRE(client.execute({"PING"}));
  server.pause();
  SUBCASE("a command") {
    CHECK(client.execute({"GET", "x"}).error == adapters::redis::connection_lost);
  }
  SUBCASE("nobody asks") {
    CHECK(wait_until([&] { return client.log().count("lost: no answer within 400 ms") == 2; }));
  }
  server.resume();
  CHECK(client.execute({"PING"}).reply.text == "PONG");
}

TEST_CASE("redis client: an idle connection stays") {
  const RedisServer server;
  RedisOptions options = to(server);
  options.response_timeout = 1s;
  const TestedClient client(options);
  client.subscribe(ChannelKind::plain, "c");
  REQUIRE(client.wait_for_message("subscribed c"));
  const auto pings = [&] { return server.cli({"info", "commandstats"}); };
  CHECK(wait_until([&] {
    const std::string stats = pings();
    const std::size_t at = stats.find("cmdstat_ping:calls=");
    return at != std::string::npos && std::stoi(stats.substr(at + 19)) >= 3;
  }));
  CHECK(client->statistics().connections_lost == 0);
}

TEST_CASE("redis client: destroyed while commands wait") {
  RedisServer server;
  Notes answers;
  const auto note = [&](Result result) { answers.add(result.error); };
  std::unique_ptr<adapters::redis::BlockingConnection> blocking;
  const auto begin = std::chrono::steady_clock::now();
  SUBCASE("for an answer") {
    TestedClient client(to(server));
    REQUIRE(client.execute({"PING"}));
    client->execute({"BLPOP", "nothing", "0"}, note);
    client->execute({"GET", "behind"}, note);
    client.on_thread([] {});
  }
  SUBCASE("for a connection") {
    server.kill();
    TestedClient client(to(server));
    client->execute({"GET", "a"}, note);
    client->execute({"GET", "b"}, note);
  }
  SUBCASE("for a server that does not accept") {
    server.pause();
    TestedClient client(to(server));
    client->execute({"GET", "a"}, note);
    client->execute({"GET", "b"}, note);
    client.on_thread([] {});
  }
  CHECK(std::chrono::steady_clock::now() - begin < 2s);
  CHECK(answers.all() ==
        std::vector<std::string>{adapters::redis::closed, adapters::redis::closed});
}

TEST_CASE("redis client: a subscription that is not allowed is said and tried again") {
  const RedisServer server(
      {"--user", "bob", "on", ">pw", "~*", "resetchannels", "&allowed", "+@all"});
  RedisOptions options;
  options.url = "redis://bob:pw@" + server.address();
  const TestedClient client(options);
  client.subscribe(ChannelKind::plain, "secret");
  client.subscribe(ChannelKind::plain, "allowed");
  REQUIRE(client.wait_for_message("subscribed allowed"));
  CHECK(wait_until([&] { return client.log().has("secret: NOPERM"); }));
  CHECK_FALSE(client.messages().has("subscribed secret"));
  server.cli({"acl", "setuser", "bob", "&secret"});
  CHECK(client.wait_for_message("subscribed secret"));
  CHECK(client.log().count("NOPERM") == 1);
}
