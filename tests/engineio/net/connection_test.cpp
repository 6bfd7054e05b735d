#include "engineio/net/connection.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <thread>

#include <doctest/doctest.h>
#include <sys/socket.h>

#include "tests/engineio/net/net_support.hpp"

using engineio::Clock;
using engineio::Limits;
using engineio::net::ByteStream;
using engineio::net::Descriptor;
using engineio::net::StreamEnd;
using namespace net_support;

namespace {

// More than the kernel buffers between two sockets that nobody reads from.
constexpr std::size_t too_much = 32 * 1024 * 1024;

std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) {
    bytes[i] = static_cast<char>((i * 7 + i / 251) & 0xff);
  }
  return bytes;
}

/// The streams of a server with one loop.
struct Streams {
  void add(ByteStream& stream) {
    all.push_back(&stream);
    log.add("stream");
  }
  [[nodiscard]] bool wait_for(std::size_t count) { return log.wait_for("stream", count); }

  std::vector<ByteStream*> all;  // on the loop's thread
  Log log;
};

/// Writes `bytes` in pieces of 16 KiB.
void write_in_pieces(ByteStream& stream, std::string_view bytes) {
  constexpr std::size_t piece = 16 * 1024;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    stream.write(slice(bytes.substr(0, piece)));
  }
}

}  // namespace

TEST_SUITE("net connection") {
  TEST_CASE("what arrives is handed over, what is written arrives") {
    Server server;
    Client client(server.listen_and_start());
    CHECK(client.request("hello") == "hello");
    CHECK(client.request("again") == "again");
    CHECK(server.group.connections() == 1);
  }

  TEST_CASE("the peer's address and whether there is TLS") {
    Server server([](Receiver& receiver, unsigned) {
      receiver.bytes_handler = [&stream = receiver.stream](std::span<char> bytes) {
        stream.write(slice(stream.remote_address()));
        stream.write(slice(stream.secure() ? " tls" : " plain"));
        return bytes.size();
      };
    });
    Client client(server.listen_and_start());
    client.send("?");
    CHECK(client.receive(15) == "127.0.0.1 plain");
  }

  TEST_CASE("much that has arrived is read before a deadline that is over") {
    constexpr std::size_t size = 320 * 1024;
    engineio::Timer deadline;
    std::size_t received = 0;
    std::size_t received_in_time = 0;
    Server reader([&](Receiver& receiver, unsigned) {
      receiver.bytes_handler = [&](std::span<char> bytes) {
        if (received == 0) {
          auto& loop = reader.group.loop(0);
          loop.timers().start(deadline, loop.now() + 1ms, [&] {
            received_in_time = received;
            reader.log.add("late");
          });
          std::this_thread::sleep_for(2ms);
        }
        received += bytes.size();
        return bytes.size();
      };
    });
    int pair[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    const Descriptor peer(pair[1]);
    const int room = 2 * size;
    REQUIRE(::setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room)) == 0);
    REQUIRE(::send(pair[1], pattern(size).data(), size, MSG_DONTWAIT) == size);
    reader.group.adopt(pair[0], "");
    reader.start();
    REQUIRE(reader.log.wait_for("late"));
    CHECK(received_in_time == size);
  }

  TEST_CASE("the end by the peer's FIN") {
    Server server;
    Client client(server.listen_and_start());
    CHECK(client.request("x") == "x");
    client.send_fin();
    CHECK(server.log.wait_for("closed by peer"));
    CHECK(client.wait_for_end() == "fin");
  }

  TEST_CASE("the end by the peer's reset") {
    Server server;
    Client client(server.listen_and_start());
    CHECK(client.request("x") == "x");
    client.reset();
    CHECK(server.log.wait_for("failed"));
  }

  TEST_CASE("a reset is noticed even while reading is paused") {
    Server server([](Receiver& receiver, unsigned) {
      receiver.bytes_handler = [&stream = receiver.stream](std::span<char> bytes) {
        stream.pause_reading();
        stream.write(slice("paused"));
        return bytes.size();
      };
    });
    Client client(server.listen_and_start());
    client.send("x");
    CHECK(client.receive(6) == "paused");
    client.reset();
    CHECK(server.log.wait_for("failed"));
  }

  TEST_CASE(
      "a large answer to a slow reader: everything arrives, and on_drained() comes at the end") {
    const std::string large = pattern(too_much);
    Log log;
    Server server([&](Receiver& receiver, unsigned) {
      receiver.bytes_handler = [&](std::span<char> bytes) {
        write_in_pieces(receiver.stream, large);
        log.add(receiver.stream.queued_bytes() == large.size() ? "queued" : "not queued");
        return bytes.size();
      };
      receiver.drained_handler = [&] {
        log.add(receiver.stream.queued_bytes() == 0 &&
                        receiver.stream.written_bytes() == large.size()
                    ? "drained"
                    : "drained too early");
      };
    });
    Client client(server.listen_and_start());
    client.send("x");
    CHECK(log.wait_for("queued"));
    server.end_turns();  // the kernel has taken what it can
    CHECK(log.entries() == std::vector<std::string>{"queued"});
    CHECK(client.receive(large.size()) == large);
    CHECK(log.wait_for("drained"));
    CHECK(log.entries() == std::vector<std::string>{"queued", "drained"});
  }

  TEST_CASE("on_drained() also follows what the kernel takes at once") {
    Server server([&](Receiver& receiver, unsigned) {
      receiver.drained_handler = [&stream = receiver.stream] {
        if (stream.written_bytes() == 1) {
          stream.write(slice("-drained"));
        }
      };
    });
    Client client(server.listen_and_start());
    client.send("x");
    CHECK(client.receive(9) == "x-drained");
  }

  TEST_CASE("a peer that does not read is reset after the stall time-out") {
    Limits limits;
    limits.write_stall_timeout = 50ms;
    Server server(
        [](Receiver& receiver, unsigned) {
          receiver.bytes_handler = [&](std::span<char> bytes) {
            write_in_pieces(receiver.stream, std::string(too_much, 'x'));
            return bytes.size();
          };
        },
        1, limits);
    Client client(server.listen_and_start());
    const auto begin = Clock::now();
    client.send("x");
    CHECK(server.log.wait_for("failed"));
    CHECK(Clock::now() - begin >= 50ms);
    CHECK(server.log.entries() == std::vector<std::string>{"failed"});
  }

  TEST_CASE("a peer that reads slowly is not stalled, though the kernel takes no more for long") {
    Limits limits;
    limits.write_stall_timeout = 300ms;
    Server server(
        [](Receiver& receiver, unsigned) {
          receiver.bytes_handler = [&](std::span<char> bytes) {
            write_in_pieces(receiver.stream, std::string(too_much, 'x'));
            return bytes.size();
          };
        },
        1, limits);
    Client client(server.listen_and_start(), "127.0.0.1", 128 * 1024);
    client.send("x");
    const auto begin = Clock::now();
    Clock::duration longest_silence{};
    constexpr std::size_t little = 24 * 1024;
    for (auto last = begin; last - begin < 900ms && client.receive(little).size() == little;) {
      std::this_thread::sleep_until(last + 20ms);
      longest_silence = std::max(longest_silence, Clock::now() - last);
      last = Clock::now();
    }
    const bool too_slow = longest_silence > 100ms;  // the machine, so that this proves nothing
    CHECK((too_slow || server.log.entries().empty()));
    CHECK(server.log.wait_for("failed"));
  }

  TEST_CASE("close() sends what is queued, then a FIN, and ends when the peer closes too") {
    const std::string large = pattern(too_much);
    Server server([&](Receiver& receiver, unsigned) {
      receiver.bytes_handler = [&](std::span<char> bytes) {
        write_in_pieces(receiver.stream, large);
        receiver.stream.close();
        receiver.stream.write(slice("ignored"));
        return bytes.size();
      };
    });
    Client client(server.listen_and_start());
    client.send("x");
    CHECK(client.receive(large.size()) == large);
    CHECK(client.wait_for_end() == "fin");
    CHECK(server.log.entries().empty());
    client.send("this is discarded");
    client.close();
    CHECK(server.log.wait_for("closed here"));
    CHECK(server.log.entries().size() == 1);
  }

  TEST_CASE("after close() a peer that stays is left after the linger time") {
    Limits limits;
    limits.linger = 50ms;
    Server server(
        [](Receiver& receiver, unsigned) {
          receiver.bytes_handler = [&](std::span<char> bytes) {
            receiver.stream.write(slice("bye"));
            receiver.stream.close();
            return bytes.size();
          };
        },
        1, limits);
    Client client(server.listen_and_start());
    const auto begin = Clock::now();
    client.send("x");
    CHECK(server.log.wait_for("closed here"));
    CHECK(Clock::now() - begin >= 50ms);
    CHECK(client.receive(3) == "bye");
    CHECK(client.wait_for_end() == "fin");
  }

  TEST_CASE("a peer that closed first still gets what was queued before close()") {
    const std::string large = pattern(too_much);
    Server server([&](Receiver& receiver, unsigned) {
      receiver.bytes_handler = [&](std::span<char> bytes) {
        write_in_pieces(receiver.stream, large);
        receiver.stream.close();
        return bytes.size();
      };
    });
    Client client(server.listen_and_start());
    client.send("x");
    CHECK(client.receive(1) == large.substr(0, 1));
    client.send_fin();
    CHECK(client.receive(large.size()) == large.substr(1));
    CHECK(client.wait_for_end() == "fin");
    CHECK(server.log.wait_for("closed here"));
  }

  TEST_CASE("abort() resets, drops what is queued, and ends in a later turn") {
    Server server([&](Receiver& receiver, unsigned) {
      receiver.bytes_handler = [&](std::span<char> bytes) {
        receiver.stream.write(slice("dropped"));
        receiver.stream.abort();
        receiver.stream.abort();
        receiver.stream.close();
        return bytes.size();
      };
    });
    Client client(server.listen_and_start());
    client.send("x");
    CHECK(client.wait_for_end() == "reset");
    CHECK(server.log.wait_for("closed here"));
    server.end_turns();
    CHECK(server.log.entries() == std::vector<std::string>{"closed here"});
    CHECK(server.group.connections() == 0);
  }

  TEST_CASE("an exception of the receiver costs its connection only") {
    Server server([](Receiver& receiver, unsigned) {
      receiver.bytes_handler = [&stream = receiver.stream](std::span<char> bytes) -> std::size_t {
        if (text(bytes) == "throw") {
          throw 1;
        }
        stream.write(slice(text(bytes)));
        return bytes.size();
      };
    });
    const std::uint16_t port = server.listen_and_start();
    Client good(port);
    Client bad(port);
    bad.send("throw");
    CHECK(bad.wait_for_end() == "reset");
    CHECK(good.request("fine") == "fine");
  }

  TEST_CASE("what is not consumed is presented again in front of what follows") {
    Server server([](Receiver& receiver, unsigned) {
      receiver.bytes_handler = [&stream = receiver.stream](std::span<char> bytes) {
        const std::size_t size = text(bytes).rfind('\n') + 1;  // whole lines only
        stream.write(slice(text(bytes).substr(0, size)));
        return size;
      };
    });
    Client client(server.listen_and_start());
    client.send("one\ntw");
    CHECK(client.receive(4) == "one\n");
    client.send("o\nthree");
    CHECK(client.receive(4) == "two\n");
    client.send("\n");
    CHECK(client.receive(6) == "three\n");
  }

  TEST_CASE("a remainder may be large") {
    const std::string large = pattern(3'000'000);
    std::size_t seen = 0;
    Server server([&](Receiver& receiver, unsigned) {
      receiver.bytes_handler = [&](std::span<char> bytes) -> std::size_t {
        if (bytes.size() < seen) {
          receiver.stream.abort();
        }
        seen = bytes.size();
        if (bytes.size() < large.size()) {
          return 0;
        }
        receiver.stream.write(slice(text(bytes) == large ? "same" : "different"));
        return bytes.size();
      };
    });
    Client client(server.listen_and_start());
    client.send(large);
    CHECK(client.receive(4) == "same");
  }

  TEST_CASE("a part of a large remainder may be consumed") {
    const std::string large = pattern(1'000'000);
    std::string collected;
    Server server([&](Receiver& receiver, unsigned) {
      receiver.bytes_handler = [&](std::span<char> bytes) -> std::size_t {
        if (bytes.size() + collected.size() < large.size() && bytes.size() < 200'000) {
          return 0;
        }
        const std::size_t part =
            bytes.size() + collected.size() == large.size() ? bytes.size() : bytes.size() * 2 / 3;
        collected += text(bytes.first(part));
        if (collected.size() == large.size()) {
          receiver.stream.write(slice(collected == large ? "same" : "different"));
        }
        return part;
      };
    });
    Client client(server.listen_and_start());
    client.send(large);
    CHECK(client.receive(4) == "same");
  }

  TEST_CASE(
      "a new receiver gets what the old one left, and the old one lives until the turn ends") {
    Log log;
    struct Old : Receiver {
      Old(ByteStream& its_stream, Log& its_log) : Receiver(its_stream), log(its_log) {}
      ~Old() override { log.add("old one destroyed"); }
      Log& log;
    };
    Server server([&](Receiver& receiver, unsigned) {
      receiver.bytes_handler = [&](std::span<char> first) {
        const std::size_t size = first.size();
        receiver.stream.set_receiver([&] {
          auto old = std::make_unique<Old>(receiver.stream, log);
          old->bytes_handler = [&stream = receiver.stream, &log](std::span<char> bytes) {
            auto next = echo(stream, log);
            next->bytes_handler = [&stream](std::span<char> rest) {
              stream.write(slice("3:" + std::string(text(rest))));
              return rest.size();
            };
            stream.write(slice("2:" + std::string(text(bytes.first(2)))));
            stream.set_receiver(std::move(next));
            log.add("old one replaced");
            return std::size_t{2};
          };
          return old;
        }());
        return size < 2 ? size : 2;
      };
    });
    Client client(server.listen_and_start());
    client.send("aabbcc");
    CHECK(client.receive(8) == "2:bb3:cc");
    CHECK(client.request("dd") == "3:");
    CHECK(client.receive(2) == "dd");
    CHECK(log.entries() == std::vector<std::string>{"old one replaced", "old one destroyed"});
  }

  TEST_CASE("a receiver set later gets the remainder without waiting for more bytes") {
    std::atomic<ByteStream*> stream = nullptr;
    Log log;
    Server server([&](Receiver& receiver, unsigned) {
      stream = &receiver.stream;
      receiver.bytes_handler = [&](std::span<char>) -> std::size_t {
        log.add("seen");
        return 0;
      };
    });
    Client client(server.listen_and_start());
    client.send("kept");
    CHECK(log.wait_for("seen"));
    server.on_loop(0, [&] { stream.load()->set_receiver(echo(*stream, log)); });
    CHECK(client.receive(4) == "kept");
  }

  TEST_CASE("while paused nothing is presented, and resuming presents what was kept") {
    std::atomic<ByteStream*> stream = nullptr;
    Log log;
    Server server([&](Receiver& receiver, unsigned) {
      stream = &receiver.stream;
      receiver.bytes_handler = [&](std::span<char> bytes) -> std::size_t {
        log.add(std::string(text(bytes)));
        receiver.stream.pause_reading();
        return 1;
      };
    });
    Client client(server.listen_and_start());
    client.send("abc");
    CHECK(log.wait_for("abc"));
    client.send("d");
    server.on_loop(0, [&] { stream.load()->resume_reading(); });
    CHECK(log.wait_for("bc"));
    server.on_loop(0, [&] { stream.load()->resume_reading(); });
    CHECK(log.wait_for("c"));
    server.on_loop(0, [&] { stream.load()->resume_reading(); });
    CHECK(log.wait_for("d"));
    CHECK(log.entries() == std::vector<std::string>{"abc", "bc", "c", "d"});
  }

  TEST_CASE("while paused a FIN waits behind the bytes") {
    std::atomic<ByteStream*> stream = nullptr;
    Log log;
    Server server([&](Receiver& receiver, unsigned) {
      stream = &receiver.stream;
      receiver.bytes_handler = [&](std::span<char> bytes) {
        log.add(std::string(text(bytes)));
        receiver.stream.pause_reading();
        return bytes.size();
      };
    });
    Client client(server.listen_and_start());
    client.send("a");
    CHECK(log.wait_for("a"));
    client.send("b");
    client.send_fin();
    server.end_turns();
    server.end_turns();
    CHECK(server.log.entries().empty());
    server.on_loop(0, [&] { stream.load()->resume_reading(); });
    CHECK(log.wait_for("b"));
    server.on_loop(0, [&] { stream.load()->resume_reading(); });
    CHECK(server.log.wait_for("closed by peer"));
  }

  TEST_CASE("all that is written in a turn leaves in one go, in order") {
    Server server([](Receiver& receiver, unsigned) {
      receiver.bytes_handler = [&stream = receiver.stream](std::span<char> bytes) {
        for (int i = 0; i < 1000; ++i) {
          stream.write(slice(std::to_string(i) + ","));
        }
        return bytes.size();
      };
    });
    std::string expected;
    for (int i = 0; i < 1000; ++i) {
      expected += std::to_string(i) + ",";
    }
    Client client(server.listen_and_start());
    client.send("x");
    CHECK(client.receive(expected.size()) == expected);
  }

  // Enough of them to be flushed with one system call where that is possible.
  TEST_CASE("what many connections write in one turn reaches each, even more than it takes") {
    Streams streams;
    Server server([&](Receiver& receiver, unsigned) { streams.add(receiver.stream); });
    const std::uint16_t port = server.listen_and_start();
    std::deque<Client> clients;
    for (int i = 0; i < 8; ++i) {
      clients.emplace_back(port);
    }
    REQUIRE(streams.wait_for(clients.size()));
    const std::string bytes = pattern(too_much / 4);
    server.on_loop(0, [&] {
      for (ByteStream* stream : streams.all) {
        write_in_pieces(*stream, bytes);
      }
    });
    for (Client& client : clients) {
      CHECK(client.receive(bytes.size()) == bytes);
    }
  }

  TEST_CASE("a connection may abort those that are flushed with it") {
    Streams streams;
    Server server([&](Receiver& receiver, unsigned) {
      receiver.drained_handler = [&] {
        for (ByteStream* stream : streams.all) {
          stream->abort();
        }
      };
      streams.add(receiver.stream);
    });
    const std::uint16_t port = server.listen_and_start();
    std::deque<Client> clients;
    for (int i = 0; i < 8; ++i) {
      clients.emplace_back(port);
    }
    REQUIRE(streams.wait_for(clients.size()));
    server.on_loop(0, [&] {
      for (ByteStream* stream : streams.all) {
        stream->write(slice("x"));
      }
    });
    CHECK(server.log.wait_for("closed here", clients.size()));
    Client another(port);
    CHECK(streams.wait_for(clients.size() + 1));
  }

  TEST_CASE("an idle connection is small") { CHECK(sizeof(engineio::net::Connection) <= 320); }
}
