#include "engineio/net/loop_group.hpp"

#include <atomic>
#include <chrono>
#include <csignal>
#include <future>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/engineio/net/tls_support.hpp"

using engineio::Clock;
using engineio::Limits;
using engineio::net::ByteStream;
using engineio::net::LoopGroup;
using engineio::net::StreamEnd;
using engineio::net::StreamReceiver;
using namespace net_support;

namespace {

/// Answers each byte with the number of its shard.
void tell_shard(Receiver& receiver, unsigned shard) {
  receiver.bytes_handler = [&stream = receiver.stream, shard](std::span<char> bytes) {
    stream.write(slice(std::to_string(shard)));
    return bytes.size();
  };
}

void tell_address(Receiver& receiver, unsigned) {
  receiver.bytes_handler = [&stream = receiver.stream](std::span<char> bytes) {
    stream.write(slice("<" + stream.remote_address() + ">"));
    return bytes.size();
  };
}

/// The soft limit on descriptors, for a while.
class DescriptorLimit {
 public:
  explicit DescriptorLimit(int limit) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit now{.rlim_cur = static_cast<rlim_t>(limit), .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &now);
  }
  ~DescriptorLimit() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

/// A reset that comes at once may meet the peer while it still connects.
std::string end_of_new_connection(std::uint16_t port) {
  try {
    return Client(port).wait_for_end();
  } catch (const std::system_error& error) {
    return error.code() == std::errc::connection_reset ? "reset" : error.what();
  }
}

int next_free_descriptor() {
  const int number = ::dup(0);
  ::close(number);
  return number;
}

}  // namespace

TEST_SUITE("net loop group") {
  TEST_CASE("addresses are those that Node prints") {
    Server server(tell_address);
    const std::uint16_t v4 = server.group.listen("127.0.0.1", 0);
    const std::uint16_t both = server.group.listen("::", 0);
    server.start();
    CHECK(Client(v4).request(std::string(11, 'x')) == "<127.0.0.1>");
    CHECK(Client(both).request(std::string(18, 'x')) == "<::ffff:127.0.0.1>");
    CHECK(Client(both, "::1").request(std::string(5, 'x')) == "<::1>");
  }

  TEST_CASE("all loops accept") {
    Server server(tell_shard, 4);
    const std::uint16_t port = server.listen_and_start();
    CHECK(server.group.size() == 4);
    std::set<std::string> shards;
    std::vector<Client> clients;
    for (int i = 0; i < 200 && shards.size() < 4; ++i) {
      clients.emplace_back(port);
      shards.insert(clients.back().request("x"));
    }
    CHECK(shards == std::set<std::string>{"0", "1", "2", "3"});
    CHECK(server.group.connections() == clients.size());
  }

  TEST_CASE("several addresses, and the default number of threads") {
    Server server({}, 0);
    CHECK(server.group.size() == std::thread::hardware_concurrency());
    const std::uint16_t first = server.group.listen("127.0.0.1", 0);
    const std::uint16_t second = server.group.listen("127.0.0.1", 0);
    server.start();
    CHECK(Client(first).request("a") == "a");
    CHECK(Client(second).request("b") == "b");
  }

  TEST_CASE("connections wait for the server to run") {
    Server server;
    const std::uint16_t port = server.group.listen("127.0.0.1", 0);
    Client early(port);
    early.send("early");
    server.start();
    CHECK(early.receive(5) == "early");
  }

  TEST_CASE("a Unix socket's connections go to the loops in turn") {
    const TemporaryDirectory directory;
    const std::string path = directory.file("socket");
    Server server(tell_shard, 3);
    server.group.listen_unix(path);
    server.start();
    std::string shards;
    for (int i = 0; i < 6; ++i) {
      shards += Client(path).request("x");
    }
    CHECK(shards == "012012");
  }

  TEST_CASE("a peer on a Unix socket has no address") {
    const TemporaryDirectory directory;
    Server server(tell_address);
    server.group.listen_unix(directory.file("socket"));
    server.start();
    Client client(directory.file("socket"));
    client.send("?");
    CHECK(client.receive(2) == "<>");
  }

  TEST_CASE("connections of others are adopted, with what was read from them") {
    Server server(
        [](Receiver& receiver, unsigned shard) {
          receiver.bytes_handler = [&stream = receiver.stream, shard](std::span<char> bytes) {
            stream.write(slice(std::to_string(shard) + ":" + std::string(text(bytes))));
            return bytes.size();
          };
        },
        2);
    server.start();
    for (const char* expected : {"0:early", "1:early"}) {
      int pair[2];
      REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
      server.group.adopt(pair[0], "early");
      std::string answer(7, '\0');
      CHECK(::recv(pair[1], answer.data(), answer.size(), MSG_WAITALL) == 7);
      CHECK(answer == expected);
      ::close(pair[1]);
    }
    CHECK(server.log.wait_for("closed by peer", 2));
  }

  TEST_CASE("the connection limit: at it, and one past it") {
    Limits limits;
    limits.connections = 2;
    Server server({}, 2, limits);
    const std::uint16_t port = server.listen_and_start();
    Client first(port);
    Client second(port);
    CHECK(first.request("1") == "1");
    CHECK(second.request("2") == "2");
    Client third(port);
    CHECK(third.wait_for_end() == "fin");
    CHECK(server.group.connections() == 2);
    int pair[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    server.group.adopt(pair[0], "");
    char byte = 0;
    CHECK(::recv(pair[1], &byte, 1, 0) == 0);
    ::close(pair[1]);
    first.close();
    CHECK(server.log.wait_for("closed by peer"));
    server.end_turns();
    Client fourth(port);
    CHECK(fourth.request("4") == "4");
  }

  TEST_CASE("without free descriptors peers wait, and are served when there are some again") {
    Server server;
    const std::uint16_t port = server.listen_and_start();
    Client before(port);
    CHECK(before.request("x") == "x");
    std::vector<Client> waiting;
    std::optional<DescriptorLimit> limit;
    server.on_loop(0, [&] {  // which does not accept meanwhile
      for (int i = 0; i < 3; ++i) {
        waiting.emplace_back(port);
        waiting.back().send("z");
      }
      limit.emplace(next_free_descriptor());
    });
    for (int i = 0; i < 3; ++i) {
      CHECK(before.request("others go on") == "others go on");
    }
    CHECK(server.group.connections() == 1);
    limit.reset();
    for (Client& client : waiting) {
      CHECK(client.receive(1) == "z");
    }
  }

  TEST_CASE("a factory that refuses, and one that writes, closes or aborts at once") {
    std::atomic<int> next = 0;
    LoopGroup group(1, Limits(), [&](ByteStream& stream, unsigned) {
      const int step = next++;
      if (step == 1) {
        stream.write(slice("hello"));
      } else if (step == 2) {
        stream.write(slice("bye"));
        stream.close();
      } else if (step == 3) {
        stream.abort();
      }
      return step == 0 ? nullptr : std::make_unique<Receiver>(stream);
    });
    const std::uint16_t port = group.listen("127.0.0.1", 0);
    std::jthread thread([&] { group.run(); });
    CHECK(end_of_new_connection(port) == "reset");
    CHECK(Client(port).receive(5) == "hello");
    Client third(port);
    CHECK(third.receive(3) == "bye");
    CHECK(third.wait_for_end() == "fin");
    CHECK(end_of_new_connection(port) == "reset");
    group.stop();
  }

  TEST_CASE("stop_listening() refuses new connections and keeps the others") {
    const TemporaryDirectory directory;
    const std::string path = directory.file("socket");
    Server server({}, 2);
    server.group.listen_unix(path);
    const std::uint16_t port = server.listen_and_start();
    Client client(port);
    CHECK(client.request("before") == "before");
    server.group.stop_listening();
    server.end_turns();
    CHECK_THROWS_AS(Client{port}, std::system_error);
    CHECK_THROWS_AS(Client{path}, std::system_error);
    CHECK(client.request("after") == "after");
    CHECK(engineio::net::LoopGroup(2, Limits(), nullptr).listen("127.0.0.1", port) == port);
  }

  TEST_CASE("stop() ends all connections on their own loops, after sending what is queued") {
    std::atomic<int> ended_elsewhere = 0;
    std::atomic<int> destroyed = 0;
    struct Counted : Receiver {
      Counted(ByteStream& its_stream, std::atomic<int>& its_count)
          : Receiver(its_stream), count(its_count) {}
      ~Counted() override { ++count; }
      std::atomic<int>& count;
    };
    Log log;
    std::optional<LoopGroup> group;
    group.emplace(4, Limits(), [&](ByteStream& stream, unsigned shard) {
      auto receiver = std::make_unique<Counted>(stream, destroyed);
      receiver->bytes_handler = [&stream, &group](std::span<char> bytes) {
        stream.write(slice("last words"));
        if (text(bytes) == "stop") {
          group->stop();
        }
        return bytes.size();
      };
      receiver->end_handler = [&, shard](StreamEnd end) {
        log.add(std::string(name(end)));
        ended_elsewhere += group->loop(shard).is_current() ? 0 : 1;
      };
      return receiver;
    });
    const std::uint16_t port = group->listen("127.0.0.1", 0);
    std::promise<void> stopped;
    std::jthread thread([&] {
      group->run();
      stopped.set_value();
    });
    std::vector<Client> clients;
    for (int i = 0; i < 20; ++i) {
      clients.emplace_back(port);
      clients.back().send("x");
      CHECK(clients.back().receive(10) == "last words");
    }
    clients.back().send("stop");
    CHECK(clients.back().receive(10) == "last words");
    REQUIRE(stopped.get_future().wait_for(patience) == std::future_status::ready);
    CHECK(log.count("closed here") == 20);
    CHECK(log.entries().size() == 20);
    CHECK(ended_elsewhere == 0);
    CHECK(destroyed == 20);
    CHECK(group->connections() == 0);
    for (Client& client : clients) {
      CHECK(client.wait_for_end() == "fin");
    }
  }

  TEST_CASE("stop() before run(), twice, and never run") {
    Server server;
    server.group.stop();
    server.group.stop();
    server.group.run();
    LoopGroup never(2, Limits(), nullptr);
    never.listen("127.0.0.1", 0);
    never.adopt(::dup(0), "");
  }

  TEST_CASE("tasks that wait at stop() are destroyed unrun") {
    auto held = std::make_shared<int>(0);
    std::promise<void> inside;
    std::promise<void> go_on;
    std::future<void> may_go_on = go_on.get_future();
    Server server({}, 2);
    server.start();
    server.group.loop(1).post([&] {
      inside.set_value();
      may_go_on.wait();
    });
    inside.get_future().wait();
    server.group.loop(1).post([held] { ++*held; });
    server.group.stop();
    go_on.set_value();
    server.stop();
    CHECK(*held == 0);
    CHECK(held.use_count() == 1);
    CHECK_FALSE(server.group.loop(1).post([held] {}));
  }

  TEST_CASE("the threads: before, during and after run()") {
    Server server({}, 3);
    for (unsigned i = 0; i < 3; ++i) {
      CHECK(server.group.loop(i).index() == i);
      CHECK_FALSE(server.group.loop(i).is_current());
    }
    server.start();
    for (unsigned i = 0; i < 3; ++i) {
      server.on_loop(i, [&, i] {
        for (unsigned j = 0; j < 3; ++j) {
          server.log.add(server.group.loop(j).is_current() == (i == j) ? "right" : "wrong");
        }
      });
      CHECK_FALSE(server.group.loop(i).is_current());
    }
    CHECK(server.log.count("right") == 9);
    LoopGroup here(3, Limits(), nullptr);
    here.loop(2).post([&] { here.stop(); });
    here.run();
    CHECK(here.loop(2).is_current());
  }

  TEST_CASE("a signal runs its handler on the first loop, each time") {
    Log log;
    Server server({}, 2);
    server.group.on_signals({SIGUSR1, SIGUSR2}, [&] {
      log.add(server.group.loop(0).is_current() ? "signal" : "wrong thread");
    });
    server.start();
    ::kill(::getpid(), SIGUSR1);
    CHECK(log.wait_for("signal"));
    ::kill(::getpid(), SIGUSR2);
    CHECK(log.wait_for("signal", 2));
  }

  TEST_CASE("signals may have handlers of their own") {
    Log log;
    Server server({}, 2);
    server.group.on_signals({SIGUSR1}, [&] { log.add("first"); });
    server.group.on_signals({SIGUSR2}, [&] { log.add("second"); });
    server.start();
    ::kill(::getpid(), SIGUSR2);
    CHECK(log.wait_for("second"));
    ::kill(::getpid(), SIGUSR1);
    CHECK(log.wait_for("first"));
    CHECK(log.count("second") == 1);
  }

  TEST_CASE("a signal may stop the group") {
    LoopGroup group(2, Limits(), nullptr);
    group.on_signals({SIGUSR1}, [&] { group.stop(); });
    group.loop(0).post([] { ::kill(::getpid(), SIGUSR1); });
    group.run();
  }

  TEST_CASE("two groups in one process do not disturb each other") {
    Server first(tell_shard, 2);
    const std::uint16_t first_port = first.listen_and_start();
    {
      Server second({}, 2);
      CHECK(Client(second.listen_and_start()).request("second") == "second");
    }
    const std::string shard = Client(first_port).request("x");
    CHECK((shard == "0" || shard == "1"));
  }

  TEST_CASE("throughput: a sanity check") {
    Server server;
    const std::uint16_t port = server.listen_and_start();
    Client client(port);
    const std::string message(100'000, 'm');
    const auto begin = Clock::now();
    for (int i = 0; i < 200; ++i) {
      client.send(message);
      client.receive_and_forget(message.size());
    }
    CHECK(Clock::now() - begin < patience);
  }
}
