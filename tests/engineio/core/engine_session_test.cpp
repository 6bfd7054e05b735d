#include "engineio/core/engine_session.hpp"

#include <doctest/doctest.h>

#include "tests/support/engine_fixture.hpp"

using namespace engine_fixture;
using namespace std::chrono_literals;
using engineio::Message;
using engineio::Session;
using support::FakeStream;

namespace {

engineio::Options quick() { return {.ping_interval = 300ms, .ping_timeout = 200ms}; }

}  // namespace

TEST_CASE("a polling handshake answers with the open packet") {
  TestServer server;
  const Answer answer = server.get("/engine.io/?EIO=4&transport=polling");
  CHECK(answer.status == 200);
  CHECK(answer.body == "0{\"sid\":\"" + std::string(server.last().session->id()) +
                           "\",\"upgrades\":[\"websocket\"],\"pingInterval\":25000,"
                           "\"pingTimeout\":20000,\"maxPayload\":1000000}");
  CHECK(server.last().session->state() == Session::State::open);
  CHECK(server.last().session->protocol() == 4);
  CHECK(server.last().session->transport() == engineio::TransportName::polling);
  CHECK(server.last().session->handshake().target == "/engine.io/?EIO=4&transport=polling");
}

TEST_CASE("upgrades are offered only where there is one") {
  using enum engineio::TransportName;
  const auto body = [](engineio::Options options) {
    TestServer server(std::move(options));
    return server.get("/engine.io/?EIO=4&transport=polling").body;
  };
  CHECK(body({.allow_upgrades = false}).find("\"upgrades\":[]") != std::string::npos);
  CHECK(body({.transports = {polling}}).find("\"upgrades\":[]") != std::string::npos);
}

TEST_CASE("the initial packet comes with the handshake") {
  TestServer server({.initial_packet = "hey"});
  CHECK(server.get("/engine.io/?EIO=4&transport=polling")
            .body.ends_with("}\x1e"
                            "4hey"));
  server.open_websocket();
  CHECK(server.upgrade_answer.ends_with(server_frame("4hey")));
}

TEST_CASE("the server pings, and a client that does not answer is closed after the timeout") {
  TestServer server(quick());
  FakeStream& stream = server.open_websocket();
  server.shard.advance(299ms);
  CHECK(stream.take_sent().empty());
  server.shard.advance(1ms);
  CHECK(stream.take_sent() == server_frame("2"));
  server.shard.advance(199ms);
  CHECK(server.last().reason.empty());
  server.shard.advance(1ms);
  CHECK(server.last().reason == "ping timeout");
  CHECK(stream.take_sent() == close_frame);
}

TEST_CASE("pongs keep a client alive") {
  TestServer server(quick());
  FakeStream& stream = server.open_websocket();
  for (int i = 0; i < 5; ++i) {
    server.shard.advance(300ms);
    CHECK(stream.take_sent() == server_frame("2"));
    server.exchange(stream, client_frame("3"));
  }
  CHECK(server.last().reason.empty());
}

TEST_CASE("a polling client that does not answer is closed, exactly 500 ms after the handshake") {
  TestServer server(quick());
  const std::string sid = server.open_polling();
  server.shard.advance(499ms);
  CHECK(server.last().reason.empty());
  server.shard.advance(1ms);
  CHECK(server.last().reason == "ping timeout");
  CHECK(server.poll(sid).status == 400);
}

TEST_CASE("heartbeats of the wrong direction end the session") {
  SUBCASE("protocol 4: ping") {
    TestServer server;
    const std::string sid = server.open_polling();
    FakeStream& poll = server.start_poll(sid);
    CHECK(server.post(sid, "2").body == "ok");
    CHECK(server.last().reason == "transport error");
    CHECK(server.last().description == "invalid heartbeat direction");
    CHECK(parse_answer(poll.take_sent()).body == "1");
  }
  SUBCASE("protocol 3: pong") {
    TestServer server({.allow_eio3 = true});
    FakeStream& stream = server.open_websocket("EIO=3");
    server.exchange(stream, client_frame("3"));
    CHECK(server.last().reason == "transport error");
  }
}

TEST_CASE("protocol 3: a client's ping is answered, without its data") {
  TestServer server({.allow_eio3 = true});
  FakeStream& stream = server.open_websocket("EIO=3");
  CHECK(server.exchange(stream, client_frame("2probe")) == server_frame("3"));
}

TEST_CASE("packets without a meaning are ignored") {
  TestServer server;
  FakeStream& stream = server.open_websocket();
  CHECK(server.exchange(stream, client_frame("0") + client_frame("5") + client_frame("6") +
                                    client_frame("3")) == "");
  CHECK(server.last().reason.empty());
}

TEST_CASE("writable says whether a packet would leave in this turn with nothing in front") {
  TestServer server;
  SUBCASE("websocket") {
    FakeStream& stream = server.open_websocket();
    Session& session = *server.last().session;
    CHECK(session.writable());
    session.send(Message::text("a"), true);
    CHECK_FALSE(session.writable());
    server.shard.settle();
    CHECK(session.writable());
    stream.set_kernel_room(0);
    session.send(Message::text("b"), true);
    server.shard.settle();
    CHECK_FALSE(session.writable());
  }
  SUBCASE("polling") {
    const std::string sid = server.open_polling();
    Session& session = *server.last().session;
    CHECK_FALSE(session.writable());
    server.start_poll(sid);
    CHECK(session.writable());
    session.send(Message::text("a"), true);
    CHECK_FALSE(session.writable());
  }
}

TEST_CASE("the application hears when output has drained") {
  TestServer server;
  FakeStream& stream = server.open_websocket();
  server.shard.settle();
  const int before = server.last().drains;
  stream.set_kernel_room(0);
  server.last().session->send(Message::text("a"), true);
  server.shard.settle();
  CHECK(server.last().drains == before);
  stream.set_kernel_room(1000);
  server.shard.settle();
  CHECK(server.last().drains == before + 1);
}

TEST_CASE("the application hears it too when the poll that it waited for was the last") {
  TestServer server;
  const std::string sid = server.open_polling();
  FakeStream& poll = server.start_poll(sid);
  server.last().session->send(Message::text("a"), true);
  server.shard.settle();
  CHECK(parse_answer(poll.take_sent()).body == "4a");
  FakeStream& stream = server.open_websocket("EIO=4", sid);
  server.exchange(stream, client_frame("2probe"));
  const int before = server.last().drains;
  server.exchange(stream, client_frame("5"));
  CHECK(server.last().drains == before + 1);
}

// --- Upgrade ------------------------------------------------------------------------------------

TEST_CASE("upgrade: probe, noop to the poll that waits, upgrade packet") {
  TestServer server;
  const std::string sid = server.open_polling();
  FakeStream& poll = server.start_poll(sid);
  FakeStream& stream = server.open_websocket("EIO=4", sid);
  CHECK(server.exchange(stream, client_frame("2probe")) == server_frame("3probe"));
  CHECK(parse_answer(poll.take_sent()).body == "6");
  CHECK(server.last().session->transport() == engineio::TransportName::polling);

  server.exchange(stream, client_frame("5") + client_frame("4over websocket"));
  CHECK(server.last().session->transport() == engineio::TransportName::websocket);
  CHECK(server.last().messages == std::vector<std::string>{"over websocket"});

  const Answer late = server.poll(sid);
  CHECK(late.status == 400);
  CHECK(late.body == R"({"code":3,"message":"Bad request"})");
}

TEST_CASE("upgrade: every poll during it is answered at once") {
  TestServer server;
  const std::string sid = server.open_polling();
  FakeStream& stream = server.open_websocket("EIO=4", sid);
  server.exchange(stream, client_frame("2probe"));
  CHECK(server.poll(sid).body == "6");
  CHECK(server.poll(sid).body == "6");
}

TEST_CASE("upgrade: polling works until it is done, and nothing is lost") {
  TestServer server;
  const std::string sid = server.open_polling();
  FakeStream& stream = server.open_websocket("EIO=4", sid);
  server.exchange(stream, client_frame("2probe"));
  server.post(sid, "4by polling");
  server.last().session->send(Message::text("first"), true);
  CHECK(server.poll(sid).body == "4first");
  server.last().session->send(Message::text("second"), true);
  server.shard.settle();
  CHECK(server.exchange(stream, client_frame("5")) == server_frame("4second"));
  CHECK(server.last().messages == std::vector<std::string>{"by polling"});
}

TEST_CASE("upgrade: without a probe it is accepted, and the poll that waits gets a close packet") {
  TestServer server;
  const std::string sid = server.open_polling();
  FakeStream& poll = server.start_poll(sid);
  FakeStream& stream = server.open_websocket("EIO=4", sid);
  server.exchange(stream, client_frame("5"));
  CHECK(parse_answer(poll.take_sent()).body == "1");
  CHECK(server.last().session->transport() == engineio::TransportName::websocket);
}

TEST_CASE("upgrade: anything else closes the WebSocket, and polling goes on") {
  for (const std::string_view packet : {"2foo", "4hello", "x", ""}) {
    CAPTURE(packet);
    TestServer server;
    const std::string sid = server.open_polling();
    FakeStream& stream = server.open_websocket("EIO=4", sid);
    CHECK(server.exchange(stream, client_frame(packet)) == close_frame);
    server.last().session->send(Message::text("still here"), true);
    CHECK(server.poll(sid).body == "4still here");
    CHECK(server.last().messages.empty());
  }
}

TEST_CASE("upgrade: one that is not finished in time is given up") {
  TestServer server({.upgrade_timeout = 100ms});
  const std::string sid = server.open_polling();
  FakeStream& stream = server.open_websocket("EIO=4", sid);
  server.exchange(stream, client_frame("2probe"));
  server.shard.advance(99ms);
  CHECK(stream.take_sent().empty());
  server.shard.advance(1ms);
  CHECK(stream.take_sent() == close_frame);
  CHECK(server.last().reason.empty());
  CHECK_FALSE(server.open_websocket("EIO=4", sid).closed());
}

TEST_CASE("upgrade: a lost WebSocket leaves polling alone") {
  TestServer server;
  const std::string sid = server.open_polling();
  server.open_websocket("EIO=4", sid).end();
  CHECK(server.last().reason.empty());
  CHECK(server.post(sid, "4a").status == 200);
}

TEST_CASE("upgrade: a second one is closed, during the first and after it") {
  TestServer server;
  const std::string sid = server.open_polling();
  FakeStream& first = server.open_websocket("EIO=4", sid);
  server.open_websocket("EIO=4", sid);
  CHECK(server.upgrade_answer.ends_with("\r\n\r\n" + std::string(close_frame)));
  server.exchange(first, client_frame("5"));
  server.open_websocket("EIO=4", sid);
  CHECK(server.upgrade_answer.ends_with("\r\n\r\n" + std::string(close_frame)));
  server.exchange(first, client_frame("4a"));
  CHECK(server.last().messages == std::vector<std::string>{"a"});
}

TEST_CASE("upgrade: the end of the session closes the WebSocket that probes") {
  TestServer server;
  const std::string sid = server.open_polling();
  FakeStream& stream = server.open_websocket("EIO=4", sid);
  server.last().session->discard_and_close();
  server.shard.settle();
  CHECK(stream.take_sent() == close_frame);
}

TEST_CASE("upgrade: of a session that is closing sends what is left and closes the WebSocket") {
  TestServer server;
  const std::string sid = server.open_polling();
  FakeStream& stream = server.open_websocket("EIO=4", sid);
  server.last().session->send(Message::text("bye"), true);
  server.last().session->close();
  CHECK(server.exchange(stream, client_frame("5")) ==
        server_frame("4bye") + std::string(close_frame));
  CHECK(server.last().reason == "forced close");
}

TEST_CASE("upgrade: between ping and pong the heartbeat goes on") {
  TestServer server(quick());
  const std::string sid = server.open_polling();
  FakeStream& stream = server.open_websocket("EIO=4", sid);
  server.shard.advance(300ms);
  server.exchange(stream, client_frame("5"));
  CHECK(server.last().reason.empty());
  server.shard.advance(200ms);
  CHECK(server.last().reason == "ping timeout");
}

// --- Ends ---------------------------------------------------------------------------------------

TEST_CASE("discard_and_close drops what is queued") {
  TestServer server;
  const std::string sid = server.open_polling();
  server.last().session->send(Message::text("dropped"), true);
  server.last().session->discard_and_close();
  CHECK(server.last().reason == "forced close");
  CHECK(server.poll(sid).status == 400);
}

TEST_CASE("what is sent to a session that is closing is dropped") {
  TestServer server;
  const std::string sid = server.open_polling();
  server.last().session->close();
  server.last().session->send(Message::text("late"), true);
  CHECK(server.poll(sid).body ==
        "6\x1e"
        "1");
}
