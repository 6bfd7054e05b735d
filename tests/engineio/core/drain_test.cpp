#include "engineio/core/drain.hpp"

#include <doctest/doctest.h>

#include <set>

#include "tests/support/engine_fixture.hpp"

using namespace engine_fixture;
using namespace std::chrono_literals;
using engineio::core::Drain;
using support::FakeShard;

namespace {

struct Scene {
  explicit Scene(std::size_t count, std::chrono::milliseconds span) {
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < count; ++i) {
      ids.push_back(std::to_string(i));
    }
    drain = std::make_unique<Drain>(
        shard, std::move(ids), span,
        Drain::Actions{.close = [this](const std::string& id) { closed.push_back(id); },
                       .is_empty = [this] { return empty; },
                       .on_drained = [this] { ++drained; }});
  }

  FakeShard shard;
  std::vector<std::string> closed;
  bool empty = false;
  int drained = 0;
  std::unique_ptr<Drain> drain;
};

}  // namespace

TEST_CASE("a drain closes each session once, evenly over its span") {
  Scene scene(100, 1s);
  CHECK(scene.closed.empty());
  scene.shard.advance(500ms);
  CHECK(scene.closed.size() == 50);
  scene.shard.advance(499ms);
  CHECK(scene.closed.size() == 99);
  CHECK(scene.drained == 0);
  scene.shard.advance(1ms);
  CHECK(std::set(scene.closed.begin(), scene.closed.end()).size() == 100);
  CHECK(scene.closed.size() == 100);
  CHECK(scene.drained == 1);
  CHECK_FALSE(std::is_sorted(scene.closed.begin(), scene.closed.end()));
}

TEST_CASE("a drain is over as soon as no session is left") {
  Scene scene(10, 10s);
  scene.shard.advance(1s);
  scene.empty = true;
  scene.shard.advance(10ms);
  CHECK(scene.drained == 1);
  scene.shard.advance(1min);
  CHECK(scene.drained == 1);
}

TEST_CASE("a drain without a span closes everything at once") {
  Scene scene(10, 0s);
  CHECK(scene.closed.size() == 10);
  CHECK(scene.drained == 1);
}

TEST_CASE("while it drains, a server refuses new sessions and serves those that there are") {
  TestServer server;
  const std::string sid = server.open_polling();
  server.open_websocket();
  bool drained = false;
  server.engine.drain(1s, [&] { drained = true; });

  const Answer refused = server.get("/engine.io/?EIO=4&transport=polling");
  CHECK(refused.status == 503);
  CHECK(refused.body == "The server is going down");
  server.open_websocket();
  CHECK(server.upgrade_answer.starts_with("HTTP/1.1 503 Service Unavailable\r\n"));
  CHECK(server.engine.counters().requests_refused.value() == 2);
  CHECK(server.post(sid, "4a").status == 200);

  server.shard.advance(1s);
  CHECK(drained);
  CHECK(server.last().reason == "forced close");
}

TEST_CASE("observers are told of each session that begins and ends") {
  std::vector<std::string> events;
  TestServer server;
  server.config.on_session_begins = [&](const engineio::Session& session) {
    events.push_back("+" + std::string(session.handshake().target));
  };
  server.config.on_session_ended = [&](const engineio::Session& session) {
    events.push_back("-" + std::string(session.handshake().target));
  };
  server.open_websocket();
  CHECK(events == std::vector<std::string>{"+/engine.io/?transport=websocket&EIO=4"});
  server.get("/engine.io/?EIO=3&transport=polling");
  server.last().session->discard_and_close();
  CHECK(events == std::vector<std::string>{"+/engine.io/?transport=websocket&EIO=4",
                                           "-/engine.io/?transport=websocket&EIO=4"});
}
