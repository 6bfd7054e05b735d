// What an application does for clients that read more slowly than it writes.

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <stdexcept>
#include <string>

#include "socketio/socket.hpp"
#include "tests/socketio/connected.hpp"
#include "tests/socketio/running_server.hpp"

using namespace socketio;
using tests::Connected;
using tests::Texts;
using tests::World;

namespace {

/// Everything that waited has been handed on.
void drain(World& world, tests::FakeSession& client) {
  client.queued = 0;
  world.run_on(0, [&] { client.handler->on_drain(); });
}

}  // namespace

TEST_CASE("queued_bytes() is what waits for the client, until the connection has closed") {
  World world;
  Connected c(world);
  c.client->queued = 7;
  CHECK(c.socket->queued_bytes() == 7);
  world.run_on(0, [&] { c.client->end(engineio::CloseReason::transport_close); });
  CHECK(c.socket->queued_bytes() == 0);
}

TEST_CASE("drain handlers of all sockets of the client are called, in order") {
  World world;
  Texts drained;
  for (const char* name : {"/", "/custom", "/quiet"}) {
    world.of(name).on_connection([&](Socket& socket) {
      if (socket.nsp().name() != "/quiet") {
        socket.on_drain([&, &nsp = socket.nsp()] { drained.push_back(nsp.name() + " 1"); });
        socket.on_drain([&, &nsp = socket.nsp()] { drained.push_back(nsp.name() + " 2"); });
      }
    });
  }
  auto& client = world.join();
  world.receive(client, "0/custom,");
  world.receive(client, "0/quiet,");
  auto& other = world.join();
  drained.clear();
  drain(world, client);
  CHECK(drained == Texts{"/ 1", "/ 2", "/custom 1", "/custom 2"});
  world.receive(client, "1");
  drained.clear();
  drain(world, client);
  CHECK(drained == Texts{"/custom 1", "/custom 2"});
  drain(world, other);
  CHECK(drained.size() == 4);
}

TEST_CASE("a drain handler can be removed, also by itself") {
  World world;
  Connected c(world);
  Texts drained;
  c.socket->on_drain([&] { drained.emplace_back("stays"); });
  std::optional<ListenerId> itself;
  itself = c.socket->on_drain([&] {
    drained.emplace_back("goes");
    c.socket->off_drain(*itself);
  });
  drain(world, *c.client);
  drain(world, *c.client);
  CHECK(drained == Texts{"stays", "goes", "stays"});
  c.socket->off_drain();
  drain(world, *c.client);
  CHECK(drained.size() == 3);
}

TEST_CASE("a drain handler may throw, or end its client") {
  World world;
  Connected c(world);
  int later = 0;
  c.socket->on_drain([] { throw std::runtime_error("no"); });
  c.socket->on_drain([&] { c.socket->disconnect(true); });
  c.socket->on_drain([&] { ++later; });
  drain(world, *c.client);
  CHECK(world.counters().handler_exceptions.value() == 1);
  CHECK(c.client->state() == engineio::Session::State::closed);
  CHECK(later == 0);
}

TEST_CASE("a paced sender has only so much waiting, and finishes") {
  World world;
  Connected c(world);
  std::size_t most = 0;
  int sent = 0;
  auto send_more = [&] {
    while (c.socket->queued_bytes() < 1000 && sent < 100) {
      c.socket->emit("chunk", std::string(100, 'x'));
      ++sent;
      c.client->queued += 100;
    }
    most = std::max(most, c.socket->queued_bytes());
  };
  world.run_on(0, send_more);
  c.socket->on_drain(send_more);
  CHECK(sent == 10);
  for (int turns = 0; turns < 20; ++turns) {
    drain(world, *c.client);
  }
  CHECK(sent == 100);
  CHECK(most == 1000);
}

TEST_CASE(
    "a paced sender over a real connection: bounded while nobody reads, complete in the end") {
  constexpr std::size_t chunk = 16 * 1024;
  constexpr std::size_t window = 4 * chunk;
  constexpr int chunks =
      2'000;  // more than the kernel takes from a server for one that reads nothing
  std::atomic<int> sent = 0;
  std::atomic<std::size_t> most = 0;
  tests::RunningServer server{{.threads = 1}};
  server.io.on_connection([&](Socket& socket) {
    auto send_more = [&] {
      while (socket.queued_bytes() < window && sent < chunks) {
        socket.emit("chunk", std::string(chunk, 'x'));
        ++sent;
      }
      most = std::max(most.load(), socket.queued_bytes());
    };
    send_more();
    socket.on_drain(send_more);
  });
  tests::TcpClient client(server.start());
  client.send(
      "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
      "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  client.send(
      std::string("\x81\x82\0\0\0\0"
                  "40",
                  8));  // a masked frame

  // A turn sends more, unless the kernel takes nothing any more.
  for (int before = -1; sent == 0 || before != sent;) {
    before = sent;
    tests::run_turn(server.io, 0);
    tests::run_turn(server.io, 0);
  }
  CHECK(sent < chunks);
  CHECK(most < window + 2 * chunk);

  std::size_t received = 0;
  std::string bytes;
  while (received < chunk * chunks && client.receive(bytes)) {
    received += static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), 'x'));
    bytes.clear();
  }
  CHECK(sent == chunks);
  CHECK(most < window + 2 * chunk);
}
