#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>

#include "adapters/streams/missed_log.hpp"
#include "adapters/streams/session.hpp"
#include "adapters/streams/streams_adapter.hpp"
#include "socketio/socket.hpp"
#include "tests/adapters/cluster/scenario.hpp"
#include "tests/adapters/support/fake_client.hpp"
#include "tests/socketio/world.hpp"

// Connection state recovery over the streams: the scenario `v03-recovery`, and what goes wrong.

using namespace adapters;
using namespace std::chrono_literals;
using redis::Reply;
using redis::Result;
using socketio::Value;
using tests::array_reply;
using tests::Commands;
using tests::FakeSession;
using tests::string_reply;
using tests::Texts;

namespace {

Reply reply_of(const Value& value) {
  if (const auto* array = value.as_array()) {
    Reply reply = array_reply({}).reply;
    for (const Value& element : *array) {
      reply.elements.push_back(reply_of(element));
    }
    return reply;
  }
  if (const auto number = value.as_int64()) {
    return tests::integer_reply(*number).reply;
  }
  return value.is_null() ? Reply{} : string_reply(tests::text_of(value)).reply;
}

Result entry_of(const std::string& id, const Commands::value_type& xadd) {
  Result fields = array_reply({});
  for (std::size_t i = 6; i < xadd.size(); ++i) {
    fields.reply.elements.push_back(string_reply(xadd[i]).reply);
  }
  return array_reply({string_reply(id), std::move(fields)});
}

Commands::value_type foreign_broadcast(const std::string& event, const std::string& rooms = "") {
  return {"XADD",
          "socket.io",
          "MAXLEN",
          "~",
          "10000",
          "*",
          "uid",
          "other",
          "nsp",
          "/",
          "type",
          "3",
          "data",
          R"({"packet":{"type":2,"data":[")" + event + R"("]},"opts":{"rooms":[)" + rooms +
              R"(],"except":[]}})"};
}

/// A server with recovery whose Redis the test plays.
struct RecoveringServer {
  explicit RecoveringServer(std::string uid = "0123456789abcdef",
                            socketio::Recovery recovery = {.max_disconnection_duration = 5s}) {
    socketio::Options options;
    options.connection_state_recovery = recovery;
    options.adapter = [this, uid](socketio::Namespace& nsp) {
      const auto checked = streams::checked(
          {.monitor = std::make_shared<BusMonitor>([](socketio::LogLevel, std::string_view) {})});
      cluster::Bus bus = streams::make_bus(client, checked);
      bus.new_id = [uid] { return uid; };
      return std::make_unique<streams::StreamsAdapter>(
          nsp, bus, std::make_shared<streams::StreamHub>(client, checked));
    };
    world = std::make_unique<tests::World>(std::move(options));
    settle();
  }
  ~RecoveringServer() {
    world->core.close([] {});
    settle();
    world.reset();
    client.run();
  }

  void settle() {
    do {
      world->set_current(tests::World::none);
      client.run();
      world->settle();
    } while (!client.idle());
  }

  /// The reader begins behind this entry.
  void begin(const std::string& last_id) {
    reader().answer(client, array_reply({array_reply({string_reply(last_id), array_reply({})})}));
    settle();
    (void)client.take();
  }
  tests::FakeClient::Blocking& reader() { return *client.blocking.at(0); }
  void read(std::vector<Result> entries) {
    world->set_current(tests::World::none);
    REQUIRE(reader().answer(
        client,
        array_reply({array_reply({string_reply("socket.io"), array_reply(std::move(entries))})})));
    settle();
  }

  /// Connects; what it was sent until then stays.
  FakeSession& connect(const std::string& packet = "0") {
    FakeSession& session = world->open();
    world->receive(session, packet);
    settle();
    return session;
  }

  /// XADD, XRANGE, … since the last time, without those of the reader.
  Commands sent() {
    Commands commands = client.take();
    std::erase_if(commands, [](const auto& command) {
      return command[0] == "XREAD" || command[0] == "XREVRANGE" ||
             command[0].ends_with("SUBSCRIBE");
    });
    return commands;
  }

  tests::FakeClient client;
  std::unique_ptr<tests::World> world;
};

Texts frames_of(const tests::Scenario::Step& step, const std::string& client) {
  Texts frames;
  for (const Value& vector : step.vectors) {
    if (vector["kind"] == Value("delivery") && vector["client"] == Value(client)) {
      for (const Value& frame : *vector["frames"].as_array()) {
        frames.push_back(tests::text_of(frame["text"]));
      }
    }
  }
  return frames;
}

const tests::Scenario::Step& step_of(const tests::Scenario& scenario, const std::string& name) {
  for (const auto& step : scenario.steps) {
    if (step.name == name) {
      return step;
    }
  }
  FAIL("no step ", name);
  return scenario.steps.front();
}

/// The captured commands of a node, and an answering machine for them.
Commands commands_of(const tests::Scenario::Step& step, const std::string& node) {
  Commands commands;
  for (const Value& vector : step.vectors) {
    if (vector["kind"] == Value("command") && vector["node"] == Value(node)) {
      commands.emplace_back();
      for (const Value& argument : *vector["argv"].as_array()) {
        commands.back().push_back(tests::text_of(argument));
      }
    }
  }
  return commands;
}

void answer_as_captured(RecoveringServer& server, const tests::Scenario::Step& step) {
  server.client.on_command = [&step](const auto& command) -> std::optional<Result> {
    for (const Value& vector : step.vectors) {
      bool same = vector["argv"].size() == command.size();
      for (std::size_t i = 0; same && i < command.size(); ++i) {
        same = tests::text_of(vector["argv"][i]) == command[i];
      }
      if (same) {
        return Result{"", reply_of(vector["reply"])};
      }
    }
    return array_reply({});
  };
}

const std::string captured_pid = "9vP-BC1s7oFIWZDPAAAH";
const std::string captured_connect =
    R"(0{"pid":"9vP-BC1s7oFIWZDPAAAH","offset":"1795296267483-0"})";

}  // namespace

TEST_CASE("with recovery, an event waits for its place in the stream") {
  RecoveringServer server;
  server.begin("5-0");
  FakeSession& client = server.connect();
  tests::take(client);

  server.world->io().emit("mine");
  server.settle();
  const Commands sent = server.sent();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0][0] == "XADD");
  CHECK(client.sent.empty());

  // Others were faster.
  server.read({entry_of("6-0", foreign_broadcast("theirs")), entry_of("6-1", sent[0])});
  CHECK(tests::take(client) == Texts{R"(2["theirs","6-0"])", R"(2["mine","6-1"])"});
}

TEST_CASE("with recovery, a volatile event and a local one do not wait") {
  RecoveringServer server;
  server.begin("5-0");
  FakeSession& client = server.connect();
  tests::take(client);

  server.world->io().volatile_().emit("now");
  server.world->io().local().emit("here");
  server.settle();
  CHECK(tests::take(client) == Texts{R"(2["now"])", R"(2["here"])"});
  const Commands sent = server.sent();
  REQUIRE(sent.size() == 1);
  server.read({entry_of("6-0", sent[0])});
  CHECK(client.sent.empty());
}

TEST_CASE("with recovery and without Redis, events are delivered without a place") {
  RecoveringServer server;
  FakeSession& client = server.connect();
  tests::take(client);

  SUBCASE("the reader has not begun") {
    server.world->io().emit("hello");
    server.settle();
    CHECK(tests::take(client) == Texts{R"(2["hello"])"});
  }
  SUBCASE("the reader has failed") {
    server.begin("5-0");
    server.reader().answer(server.client, tests::error_reply(redis::connection_lost));
    server.world->io().emit("hello");
    server.settle();
    CHECK(tests::take(client) == Texts{R"(2["hello"])"});
  }
  SUBCASE("it cannot be written") {
    server.begin("5-0");
    server.world->io().emit("hello");
    server.settle();
    CHECK(client.sent.empty());
    server.client.answer(tests::error_reply(redis::queue_full));
    server.settle();
    CHECK(tests::take(client) == Texts{R"(2["hello"])"});
  }
  SUBCASE("nothing is heard of it for a second") {
    server.begin("5-0");
    server.world->io().emit("hello");
    server.settle();
    const Commands sent = server.sent();
    server.client.advance(999ms);
    server.settle();
    CHECK(client.sent.empty());
    server.client.advance(1ms);
    server.settle();
    CHECK(tests::take(client) == Texts{R"(2["hello"])"});
    server.read({entry_of("6-0", sent.at(0))});
    CHECK(client.sent.empty());  // not again
  }
}

TEST_CASE("a session comes back on another server, as captured") {
  const tests::Scenario scenario("redis_streams.json", "v03-recovery");
  const auto& step = step_of(scenario, "resume");
  RecoveringServer server;
  server.begin("1795296267872-0");
  answer_as_captured(server, step);

  FakeSession& client = server.connect(captured_connect);
  CHECK(server.sent() == commands_of(step, "A"));
  Texts got = tests::take(client);
  Texts expected = frames_of(step, "b1-again");
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    CHECK((got[i].starts_with("binary:") ? std::string() : "4" + got[i]) == expected[i]);
  }
  server.world->io().for_each_socket(*server.world->shards[0], [](socketio::Socket& socket) {
    CHECK(socket.recovered());
    CHECK(socket.rooms().size() == 2);
    CHECK(socket.data()["user"] == Value("bob"));
    CHECK(socket.data()["bin"] == Value(socketio::Binary("\x01")));
  });
}

TEST_CASE("sessions that cannot be restored, as captured") {
  const tests::Scenario scenario("redis_streams.json", "v03-recovery");
  RecoveringServer server;
  server.begin("1795296267872-0");
  std::string connect = captured_connect;
  std::string name;
  SUBCASE("it was restored before") { name = "resume-twice"; }
  SUBCASE("the stream has no such entry") {
    name = "resume-unknown-offset";
    connect = R"(0{"pid":"9vP-BC1s7oFIWZDPAAAH","offset":"1-1"})";
  }
  SUBCASE("an offset of another form") {
    name = "resume-invalid-offset";
    connect = R"(0{"pid":"9vP-BC1s7oFIWZDPAAAH","offset":"abc"})";
  }
  const auto& step = step_of(scenario, name);
  answer_as_captured(server, step);
  FakeSession& client = server.connect(connect);
  CHECK(server.sent() == commands_of(step, "B"));
  const Texts got = tests::take(client);
  REQUIRE(got.size() == 1);
  CHECK(tests::member(got[0], "pid") != captured_pid);
}

TEST_CASE("offsets that Redis does not make are refused without asking") {
  for (const char* offset : {"", "-", "1-", "-1", "1", "1-1-1", "+1-1", "1 -1", "0x1-1",
                             "18446744073709551616-0", "0-18446744073709551616"}) {
    CAPTURE(offset);
    CHECK_FALSE(streams::EntryId::parse(offset).has_value());
  }
  const auto last = streams::EntryId::parse("1-18446744073709551615");
  REQUIRE(last.has_value());
  CHECK(last->next().text() == "2-0");
  CHECK(streams::EntryId{1, 2}.next().text() == "1-3");
}

TEST_CASE("a session without an answer of Redis is a new one in time") {
  RecoveringServer server;
  server.begin("1795296267872-0");
  FakeSession& client = server.connect(captured_connect);
  server.client.advance(4'999ms);
  server.settle();
  CHECK(client.sent.empty());
  server.client.advance(1ms);
  server.settle();
  REQUIRE(client.sent.size() == 1);
  CHECK(tests::member(client.sent[0], "pid") != captured_pid);
}

TEST_CASE("a session is stored when a client is gone") {
  RecoveringServer server;
  server.begin("5-0");
  FakeSession& client = server.connect();
  const std::string connected = client.sent.at(0);
  server.world->io().for_each_socket(*server.world->shards[0], [](socketio::Socket& socket) {
    socket.join(std::vector<std::string>{"room1", socketio::numeric_room(5)});
    socket.data() = socketio::Object{{"user", "bob"}};
  });
  server.settle();
  client.end(engineio::CloseReason::transport_close);
  server.settle();

  const Commands sent = server.sent();
  REQUIRE(sent.size() == 1);
  REQUIRE(sent[0].size() == 5);
  CHECK(sent[0][0] == "SET");
  CHECK(sent[0][1] == "sio:session:" + tests::member(connected, "pid"));
  CHECK(sent[0][3] == "PX");
  CHECK(sent[0][4] == "5000");
  const auto session = streams::decode_session(sent[0][2]);
  REQUIRE(session.has_value());
  CHECK(session->sid == tests::member(connected, "sid"));
  CHECK(session->pid == tests::member(connected, "pid"));
  CHECK(session->rooms ==
        std::vector<std::string>{session->sid, "room1", socketio::numeric_room(5)});
  CHECK(session->data["user"] == Value("bob"));
}

TEST_CASE("sessions as Node writes them") {
  const tests::Scenario scenario("redis_streams.json", "v03-recovery");
  for (const Value& vector : step_of(scenario, "connection-lost").vectors) {
    if (vector["command"] != Value("SET")) {
      continue;
    }
    const auto session = streams::decode_session(tests::text_of(vector["argv"][2]));
    REQUIRE(session.has_value());
    CHECK(Value(session->sid) == vector["decoded"]["sid"]);
    CHECK(Value(session->pid) == vector["decoded"]["pid"]);
    CHECK(session->data == vector["decoded"]["data"]);
  }
  CHECK_FALSE(streams::decode_session("").has_value());
  CHECK_FALSE(streams::decode_session("wQ==").has_value());
  CHECK_FALSE(streams::decode_session("%%%").has_value());
  const auto empty = streams::decode_session(streams::encode_session({"s", "p", {}, {}}));
  REQUIRE(empty.has_value());
  CHECK(empty->data == Value(socketio::Object{}));
}

namespace {

void restore_while_others_write(bool alone) {
  RecoveringServer server;
  if (!alone) {
    server.connect();
  }
  const std::string session =
      streams::encode_session({"sid-of-the-session", captured_pid, {"sid-of-the-session"}, {}});
  const auto missed = array_reply(
      {entry_of("10-0", foreign_broadcast("ten")), entry_of("11-0", foreign_broadcast("eleven"))});
  const auto exec = array_reply({string_reply(session), tests::integer_reply(1)});
  const auto offset = array_reply({entry_of("9-0", foreign_broadcast("nine"))});
  const auto begin = [&] {
    server.begin("9-0");
    FakeSession& client = server.connect(R"(0{"pid":")" + captured_pid + R"(","offset":"9-0"})");
    server.client.answer(exec);
    server.client.answer(offset);
    return &client;
  };
  FakeSession* client = begin();

  SUBCASE("the reader is behind") {
    server.client.answer(missed);
    server.client.answer(array_reply({}));
    server.settle();
    CHECK(client->sent.empty());
    server.read({entry_of("10-0", foreign_broadcast("ten"))});
    CHECK(client->sent.empty());
    server.read({entry_of("11-0", foreign_broadcast("eleven")),
                 entry_of("12-0", foreign_broadcast("twelve"))});
  }
  SUBCASE("the reader is ahead") {
    server.read({entry_of("10-0", foreign_broadcast("ten")),
                 entry_of("11-0", foreign_broadcast("eleven"))});
    server.client.answer(array_reply({entry_of("10-0", foreign_broadcast("ten"))}));
    server.client.answer(array_reply({entry_of("11-0", foreign_broadcast("eleven"))}));
    server.client.answer(array_reply({}));
    server.settle();
    server.read({entry_of("12-0", foreign_broadcast("twelve"))});
  }
  SUBCASE("the entry is for others") {
    server.client.answer(array_reply(
        {entry_of("10-0", foreign_broadcast("ten")),
         entry_of("10-1", foreign_broadcast("other", R"("elsewhere")")),
         entry_of("11-0", foreign_broadcast("eleven", R"("elsewhere","sid-of-the-session")"))}));
    server.client.answer(array_reply({}));
    server.read({entry_of("10-0", foreign_broadcast("ten")),
                 entry_of("11-0", foreign_broadcast("eleven"))});
    server.read({entry_of("12-0", foreign_broadcast("twelve"))});
  }
  const Texts got = tests::take(*client);
  REQUIRE(got.size() == 4);
  CHECK(got[0] == R"(2["ten","10-0"])");
  CHECK(got[1] == R"(2["eleven","11-0"])");
  // What comes while the client connects reaches an empty server with what was missed.
  const std::size_t connect = tests::member(got[2], "sid").empty() ? 3 : 2;
  CHECK((connect == 2 || alone));
  CHECK(tests::member(got[connect], "sid") == "sid-of-the-session");
  CHECK(got[5 - connect] == R"(2["twelve","12-0"])");
}

}  // namespace

TEST_CASE("a restored client gets each entry once, whoever is faster") {
  restore_while_others_write(false);
}

TEST_CASE("a restored client gets each entry once, also on an empty server") {
  restore_while_others_write(true);
}

TEST_CASE("the log for restored sessions whose middlewares run") {
  streams::MissedLog log;
  socketio::RestoredSession session;
  session.state.rooms = {"mine"};
  session.position = log.position();
  const auto packet = [](std::string text) {
    return std::make_shared<const socketio::EncodedPacket>(
        socketio::EncodedPacket{engineio::MessageKind::text, std::move(text), {}});
  };
  log.add({.rooms = {"mine"}}, packet("1"));
  log.add({.rooms = {"other"}}, packet("2"));
  log.add({.except = {"mine"}}, packet("3"));
  log.add({}, packet("4"));
  const auto missed = log.missed(session);
  REQUIRE(missed.size() == 2);
  CHECK(missed[0]->text == "1");
  CHECK(missed[1]->text == "4");
  CHECK(log.missed(session).empty());

  for (std::size_t i = 0; i < streams::MissedLog::capacity; ++i) {
    log.add({}, packet("x"));
  }
  CHECK(log.missed(session).size() == streams::MissedLog::capacity);
  for (std::size_t i = 0; i <= streams::MissedLog::capacity; ++i) {
    log.add({}, packet("x"));
  }
  CHECK(log.missed(session).size() == streams::MissedLog::capacity);
}
