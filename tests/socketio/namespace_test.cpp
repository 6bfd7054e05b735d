#include "socketio/namespace.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <stdexcept>

#include "tests/socketio/world.hpp"

using namespace socketio;
using tests::take;
using tests::Texts;
using tests::World;

namespace {

ParentNamespace& add_parent(World& world) {
  return world.core.registry().add_parent(
      [](const std::string& name, const Value&, const std::function<void(bool)>& next) {
        next(name.starts_with("/dyn-"));
      },
      true);
}

/// An adapter that tells what happens to it.
class NotingAdapter final : public Adapter {
 public:
  NotingAdapter(Namespace& nsp, Texts& notes, RoomWatch watch) : Adapter(nsp), notes_(notes) {
    watch_rooms(watch);
  }
  void init() override { notes_.push_back("init " + nsp().name()); }
  void close() override { notes_.push_back("close " + nsp().name()); }
  void on_room_created(std::string_view room) override {
    notes_.push_back("+" + std::string(room));
  }
  void on_room_deleted(std::string_view room) override {
    notes_.push_back("-" + std::string(room));
  }
  void server_side_emit(PayloadWriter payload, AckResultsCallback callback) override {
    ValueBuilder builder;
    payload(builder);
    deliver_server_event(*builder.take().as_array(), nullptr);
    if (callback) {
      callback({"", {1, 2}, {}});
    }
  }

 private:
  Texts& notes_;
};

Options with_adapter(Texts& notes, Adapter::RoomWatch watch) {
  Options options;
  options.adapter = [&notes, watch](Namespace& nsp) {
    return std::make_unique<NotingAdapter>(nsp, notes, watch);
  };
  return options;
}

}  // namespace

TEST_CASE("names are normalized, and one name is one namespace") {
  World world;
  CHECK(world.of("").name() == "/");
  CHECK(&world.of("") == &world.io());
  CHECK(&world.of("admin") == &world.of("/admin"));
  CHECK(world.core.registry().size() == 2);
}

TEST_CASE("new namespaces are announced, but not the main one") {
  World world;
  Texts made;
  world.core.registry().add_observer([&](Namespace& nsp) { made.push_back(nsp.name()); });
  world.of("/a");
  world.of("/a");
  world.of("/");
  CHECK(made == Texts{"/a"});
}

TEST_CASE("handlers of a namespace may come later than its sockets") {
  World world;
  auto& client = world.join();
  world.io().handle("add", [](int a, int b) { return a + b; });
  world.receive(client, R"(21["add",1,2])");
  CHECK(take(client) == Texts{"31[3]"});
}

TEST_CASE("namespaces do not mix") {
  World world;
  world.of("/a");
  world.of("/b");
  auto& client = world.join("/a");
  world.receive(client, "0/b,");
  take(client);
  world.run_on(0, [&] {
    world.of("/a").emit("x");
    world.of("/b").send("y");
    world.io().emit("z");
  });
  CHECK(take(client) == Texts{R"(2/a,["x"])", R"(2/b,["message","y"])"});
}

TEST_CASE("children inherit what their parent has when they are made") {
  World world;
  auto& parent = add_parent(world);
  Texts log;
  parent.use([&](Socket&, const Next& next) {
    log.push_back("middleware");
    next();
  });
  parent.on_connection([&](Socket&) { log.push_back("connection"); });
  parent.handle("x", [&] { log.push_back("handler"); });
  auto& client = world.join("/dyn-1");
  parent.on_connection([&](Socket&) { log.push_back("too late"); });
  world.receive(client, R"(2/dyn-1,["x"])");
  world.join("/dyn-1");
  CHECK(log == Texts{"middleware", "connection", "handler", "middleware", "connection"});
}

TEST_CASE("what is sent to a parent goes to all of its children") {
  World world;
  auto& parent = add_parent(world);
  auto& a = world.join("/dyn-a");
  auto& b = world.join("/dyn-b");
  world.run_on(0, [&] {
    parent.sockets_join("room");
    parent.to("room").emit("x", 1);
  });
  CHECK(take(a) == Texts{R"(2/dyn-a,["x",1])"});
  CHECK(take(b) == Texts{R"(2/dyn-b,["x",1])"});
  std::optional<FetchResult> result;
  world.run_on(
      0, [&] { parent.fetch_sockets([&](FetchResult fetched) { result = std::move(fetched); }); });
  CHECK(result->error == "fetchSockets() is not supported on parent namespaces");
}

TEST_CASE("of() with a name that a pattern matches makes a child") {
  World world;
  auto& parent = add_parent(world);
  parent.handle("x", [] { return 1; });
  world.of("/dyn-1");
  CHECK(parent.children().size() == 1);
  auto& client = world.join("/dyn-1");
  world.receive(client, R"(2/dyn-1,5["x"])");
  CHECK(take(client) == Texts{"3/dyn-1,5[1]"});
}

TEST_CASE("empty children are removed only on request") {
  World world;
  auto& parent = add_parent(world);
  auto& client = world.join("/dyn-1");
  world.receive(client, "1/dyn-1,");
  CHECK(parent.children().size() == 1);
  CHECK(world.core.registry().size() == 2);
}

TEST_CASE("empty children are removed with cleanup_empty_child_namespaces") {
  Texts notes;
  Options options = with_adapter(notes, Adapter::RoomWatch::none);
  options.cleanup_empty_child_namespaces = true;
  World world(std::move(options));
  auto& parent = add_parent(world);
  parent.use([](Socket& socket, Next next) {
    if (socket.handshake().auth["bad"].is_null()) {
      next();
    } else {
      next(ConnectError{"refused"});
    }
  });
  auto& first = world.join("/dyn-1");
  auto& second = world.join("/dyn-1");
  notes.clear();
  world.receive(first, "1/dyn-1,");
  CHECK(notes.empty());
  world.run_on(0, [&] { second.end(engineio::CloseReason::transport_close); });
  CHECK(notes == Texts{"close /dyn-1"});
  CHECK(world.core.registry().size() == 1);
  CHECK(parent.children().empty());

  notes.clear();
  world.receive(first, R"(0/dyn-2,{"bad":true})");
  CHECK(notes == Texts{"init /dyn-2", "close /dyn-2"});
  world.receive(first, "0/dyn-1,");
  CHECK(world.core.registry().size() == 2);

  world.of("/dyn-1");  // somebody holds a reference: it stays
  world.receive(first, "1/dyn-1,");
  CHECK(world.core.registry().size() == 2);
}

TEST_CASE("an adapter hears of rooms once per process") {
  for (const auto watch : {Adapter::RoomWatch::none, Adapter::RoomWatch::rooms,
                           Adapter::RoomWatch::rooms_and_own_rooms}) {
    Texts notes;
    World world(with_adapter(notes, watch), 2);
    Texts ids;
    std::vector<std::shared_ptr<Socket>> sockets;
    world.io().on_connection([&](Socket& s) { sockets.push_back(s.shared_from_this()); });
    world.join("/", 0);
    world.join("/", 1);
    world.run_elsewhere([&] { sockets[0]->join("x"); });
    world.run_elsewhere([&] { sockets[1]->join("x"); });
    world.run_elsewhere([&] { sockets[0]->join("x"); });
    CHECK(world.io().adapter().has_local_room("x") == (watch != Adapter::RoomWatch::none));
    CHECK_FALSE(world.io().adapter().has_local_room("y"));
    CHECK(world.io().adapter().has_local_room(sockets[0]->id()) ==
          (watch == Adapter::RoomWatch::rooms_and_own_rooms));
    world.run_elsewhere([&] { sockets[0]->leave("x"); });
    world.run_elsewhere([&] { sockets[1]->disconnect(); });
    Texts expected{"init /"};
    if (watch == Adapter::RoomWatch::rooms) {
      expected = {"init /", "+x", "-x"};
    } else if (watch == Adapter::RoomWatch::rooms_and_own_rooms) {
      expected = {"init /", "+" + sockets[0]->id(), "+" + sockets[1]->id(),
                  "+x",     "-" + sockets[1]->id(), "-x"};
    }
    CHECK(notes == expected);
  }
}

TEST_CASE("events of other servers reach the namespace on the first shard") {
  Texts notes;
  World world(with_adapter(notes, Adapter::RoomWatch::none), 2);
  Texts got;
  world.io().on_server_event("note", [&](int n, std::string text) {
    CHECK(world.shards[0]->current);
    got.push_back(std::to_string(n) + text);
  });
  std::optional<AckResults> answers;
  world.run_on(1, [&] {
    world.io().server_side_emit("note", 1, "a");
    world.io().server_side_emit_with_ack("note", 2, "b",
                                         [&](AckResults r) { answers = std::move(r); });
    world.io().server_side_emit("unknown");
  });
  CHECK(got == Texts{"1a", "2b"});
  const std::size_t carried = world.shards[0]->bytes_posted;
  world.run_on(1, [&] { world.io().server_side_emit("note", 3, std::string(1'000, 'x')); });
  CHECK((world.shards[0]->bytes_posted - carried) / 1'000 == 1);
  REQUIRE(answers.has_value());
  CHECK(answers->responses == Array{1, 2});
  CHECK_THROWS_AS(world.io().server_side_emit("connection"), std::invalid_argument);
}

TEST_CASE("a single server has no others to emit to") {
  World world;
  std::optional<AckResults> answers;
  world.run_on(0, [&] {
    world.io().server_side_emit("note", 1);
    world.io().server_side_emit_with_ack("note", [&](AckResults r) { answers = std::move(r); });
  });
  REQUIRE(answers.has_value());
  CHECK(answers->error.empty());
  CHECK(answers->responses.empty());
}

TEST_CASE("for_each_socket visits the sockets of one shard") {
  World world({}, 2);
  world.join("/", 0);
  world.join("/", 1);
  world.join("/", 1);
  int visited = 0;
  world.run_on(1, [&] {
    world.io().for_each_socket(*world.shards[1], [&](Socket& socket) {
      ++visited;
      socket.disconnect();
    });
  });
  CHECK(visited == 2);
  CHECK(world.io().socket_count() == 1);
}

TEST_CASE("sockets of a room can be counted on all shards") {
  World world({}, 2);
  world.io().on_connection([](Socket& socket) { socket.join("x"); });
  world.join("/", 0);
  world.join("/", 1);
  std::optional<std::size_t> count;
  world.run_on(0, [&] {
    world.io().adapter().count_local({.rooms = {"x"}}, [&](std::size_t n) { count = n; });
  });
  CHECK(count == 2);
}
