#include <algorithm>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engineio/net/loop_group.hpp"
#include "tests/engineio/net/tls_support.hpp"

using engineio::Limits;
using engineio::net::ByteStream;
using engineio::net::StreamEnd;
using engineio::net::StreamReceiver;
using namespace net_support;

namespace {

/// Echoes lines with the number of its shard in front. The line `move N` moves it to shard N with
/// everything behind that line, as soon as everything before has been sent.
class Mover final : public StreamReceiver {
 public:
  Mover(ByteStream& stream, unsigned shard, Log& log) : stream_(stream), shard_(shard), log_(log) {}

  std::size_t on_bytes(std::span<char> bytes) override {
    std::string_view rest = text(bytes);
    for (auto end = rest.find('\n'); end != rest.npos; end = rest.find('\n')) {
      const std::string_view line = rest.substr(0, end);
      if (line.starts_with("move ")) {
        if (stream_.queued_bytes() != 0) {
          stream_.pause_reading();
          break;
        }
        stream_.migrate(static_cast<unsigned>(line[5] - '0'), std::string(rest.substr(end + 1)));
        return 0;
      }
      stream_.write(slice(std::to_string(shard_) + line.data()[0] + std::string(line) + "\n"));
      rest.remove_prefix(end + 1);
    }
    return bytes.size() - rest.size();
  }
  void on_drained() override { stream_.resume_reading(); }
  void on_end(StreamEnd end) override { log_.add(std::string(name(end))); }

 private:
  ByteStream& stream_;
  const unsigned shard_;
  Log& log_;
};

struct MovingServer {
  explicit MovingServer(unsigned threads, const Limits& limits = Limits())
      : group(threads, limits, [this](ByteStream& stream, unsigned shard) {
          return std::make_unique<Mover>(stream, shard, log);
        }) {}
  ~MovingServer() {
    group.stop();
    thread.join();
  }

  Log log;
  engineio::net::LoopGroup group;
  std::thread thread;
};

/// Sends a burst of lines with moves between them. Returns the lines that are to come back.
template <class Peer>
std::string send_burst(Peer& peer, unsigned seed, unsigned shards) {
  std::string sent;
  std::string expected;
  for (unsigned i = 0; i < 20; ++i) {
    const std::string line(1 + (seed * 31 + i * 17) % 300, static_cast<char>('a' + i));
    expected += line + "\n";
    sent += line + "\n";
    if ((seed + i) % 5 == 0) {
      sent += "move " + std::to_string((seed + i * 7) % shards) + "\n";
    }
  }
  for (std::string_view rest = sent; !rest.empty();) {
    const std::size_t size = std::min<std::size_t>(rest.size(), 1 + seed * 997 % 5000);
    peer.send(rest.substr(0, size));
    rest.remove_prefix(size);
  }
  return expected;
}

/// Without the two characters in front of each line.
std::string texts_of(std::string_view lines) {
  std::string texts;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size() - 1) + 1;
    texts += lines.substr(std::min<std::size_t>(2, end), end - std::min<std::size_t>(2, end));
    lines.remove_prefix(end);
  }
  return texts;
}

/// Returns what went wrong.
template <class Peer>
std::string exchange(Peer& peer, unsigned seed, unsigned shards) {
  for (unsigned round = 0; round < 40; ++round) {
    const std::string expected = send_burst(peer, seed + round, shards);
    const std::string received = peer.receive(expected.size() + 2 * 20);
    if (texts_of(received) != expected) {
      return "wrong bytes in round " + std::to_string(round);
    }
  }
  return "";
}

}  // namespace

TEST_SUITE("net migration") {
  TEST_CASE("a connection moves with what it has received, and its old receiver hears nothing") {
    MovingServer server(2);
    const std::uint16_t port = server.group.listen("127.0.0.1", 0);
    server.thread = std::thread([&] { server.group.run(); });
    Client client(port);
    client.send("move 1\none\nmove 0\ntwo\nmove 0\nthree\nhal");
    CHECK(client.receive(18) == "1oone\n0ttwo\n0tthre");
    CHECK(client.receive(2) == "e\n");
    client.send("f\n");
    CHECK(client.receive(7) == "0hhalf\n");
    CHECK(server.group.connections() == 1);
    CHECK(server.log.entries().empty());
    client.close();
    CHECK(server.log.wait_for("closed by peer"));
  }

  TEST_CASE("plain connections move under traffic") {
    constexpr unsigned shards = 4;
    MovingServer server(shards);
    const std::uint16_t port = server.group.listen("127.0.0.1", 0);
    server.thread = std::thread([&] { server.group.run(); });
    std::vector<std::string> errors(8, "did not run");
    {
      std::vector<std::jthread> peers;
      for (unsigned i = 0; i < errors.size(); ++i) {
        peers.emplace_back([&, i] {
          Client client(port);
          errors[i] = exchange(client, i, shards);
        });
      }
    }
    CHECK(errors == std::vector<std::string>(errors.size()));
    CHECK(server.log.wait_for("closed by peer", errors.size()));
  }

  TEST_CASE("TLS connections move under traffic") {
    constexpr unsigned shards = 4;
    const TemporaryDirectory directory;
    const Authority authority(directory);
    const Identity identity = authority.issue("server");
    MovingServer server(shards);
    const std::uint16_t port = server.group.listen("127.0.0.1", 0,
                                                   {.certificate_file = identity.certificate_file,
                                                    .private_key_file = identity.private_key_file,
                                                    .ca_file = {}});
    server.thread = std::thread([&] { server.group.run(); });
    std::vector<std::string> errors(4, "did not run");
    {
      std::vector<std::jthread> peers;
      for (unsigned i = 0; i < errors.size(); ++i) {
        peers.emplace_back([&, i] {
          TlsClient client(port);
          errors[i] = exchange(client, i, shards);
        });
      }
    }
    CHECK(errors == std::vector<std::string>(errors.size()));
  }

  TEST_CASE("if the other shard's mailbox is full, the connection is closed") {
    Limits limits;
    limits.mailbox_tasks = 1;
    std::promise<void> inside;
    std::promise<void> go_on;
    std::future<void> may_go_on = go_on.get_future();
    MovingServer server(2, limits);
    server.thread = std::thread([&] { server.group.run(); });
    int pair[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    server.group.adopt(pair[0], "");  // goes to loop 0
    server.group.loop(1).post([&] {
      inside.set_value();
      may_go_on.wait();
    });
    inside.get_future().wait();
    CHECK(server.group.loop(1).post([] {}));
    CHECK(::send(pair[1], "move 1\n", 7, 0) == 7);
    char byte = 0;
    CHECK(::recv(pair[1], &byte, 1, 0) == 0);
    ::close(pair[1]);
    go_on.set_value();
    CHECK(server.log.entries().empty());
  }
}
