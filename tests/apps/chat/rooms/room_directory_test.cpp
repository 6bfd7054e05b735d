// What both room directories do alike, and how two nodes share one.
#include "apps/chat/rooms/room_directory.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "tests/apps/chat/store/worlds.hpp"

using chat::Failure;
using chat::JoinResult;
using chat::NewRoom;
using chat::Nothing;
using chat::Outcome;
using chat::Room;
using chat::RoomDirectory;
using chat::RoomEvent;
using chat::RoomOptions;
using socketio::Object;
using socketio::Value;
using tests::ask;
using tests::RedisPlace;
using tests::SqlitePlace;

namespace {

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

std::unique_ptr<RoomDirectory> make_rooms(const SqlitePlace& place, const RoomOptions& options) {
  return chat::make_sqlite_rooms(place.database, options);
}
std::unique_ptr<RoomDirectory> make_rooms(const RedisPlace& place, const RoomOptions& options) {
  return chat::make_redis_rooms(place.redis, {}, options);
}

template <class Place>
struct World {
  explicit World(RoomOptions given = {}) : options(std::move(given)) {
    options.now = clock.reader();
    rooms = make_rooms(place, options);
  }

  Outcome<Room> create(NewRoom room) {
    return ask<Room>([&](auto done) { rooms->create(room, std::move(done)); });
  }
  Outcome<Room> find(std::string room) {
    return ask<Room>([&](auto done) { rooms->find(room, std::move(done)); });
  }
  Outcome<JoinResult> join(std::string room, std::string user) {
    return ask<JoinResult>([&](auto done) { rooms->join(room, user, std::move(done)); });
  }
  Outcome<bool> leave(std::string room, std::string user) {
    return ask<bool>([&](auto done) { rooms->leave(room, user, std::move(done)); });
  }
  Texts members(std::string room) {
    return ask<Texts>([&](auto done) { rooms->members(room, std::move(done)); }).value;
  }
  bool is_member(std::string room, std::string user) {
    return ask<bool>([&](auto done) { rooms->is_member(room, user, std::move(done)); }).value;
  }
  Texts rooms_of(std::string user) {
    return ask<Texts>([&](auto done) { rooms->rooms_of(user, std::move(done)); }).value;
  }
  Outcome<Nothing> set_closed(std::string room, bool closed) {
    return ask<Nothing>([&](auto done) { rooms->set_closed(room, closed, std::move(done)); });
  }
  Outcome<Nothing> remove(std::string room) {
    return ask<Nothing>([&](auto done) { rooms->remove(room, std::move(done)); });
  }
  Outcome<Nothing> set_metadata(std::string room, Object metadata) {
    return ask<Nothing>([&](auto done) { rooms->set_metadata(room, metadata, std::move(done)); });
  }
  Outcome<std::vector<Room>> list(std::size_t offset = 0, std::size_t limit = 10) {
    return ask<std::vector<Room>>([&](auto done) { rooms->list(offset, limit, std::move(done)); });
  }
  Texts listed(std::size_t offset = 0, std::size_t limit = 10) {
    Texts ids;
    for (const Room& room : list(offset, limit).value) {
      ids.push_back(room.id);
    }
    return ids;
  }
  Outcome<Nothing> add_event(std::string room, std::string event, Value data) {
    return ask<Nothing>([&](auto done) { rooms->add_event(room, event, data, std::move(done)); });
  }
  Outcome<std::vector<RoomEvent>> events(std::string room, std::size_t limit) {
    return ask<std::vector<RoomEvent>>(
        [&](auto done) { rooms->events(room, limit, std::move(done)); });
  }

  tests::TestClock clock;
  Place place;
  RoomOptions options;
  std::unique_ptr<RoomDirectory> rooms;
};

}  // namespace

TEST_CASE_TEMPLATE("rooms: made, found, changed, removed", Place, SqlitePlace, RedisPlace) {
  World<Place> world;
  const auto start = world.options.now();
  const auto made =
      world.create({.id = "a:b%",
                    .name = "A & \"B\"",
                    .capacity = 5,
                    .metadata = {{"encrypted", true}, {"tags", socketio::Array{1, "x"}}}});
  REQUIRE(made);
  for (const Room& room : {made.value, world.find("a:b%").value}) {
    CHECK(room.id == "a:b%");
    CHECK(room.name == "A & \"B\"");
    CHECK(room.capacity == 5);
    CHECK_FALSE(room.closed);
    CHECK(room.members == 0);
    CHECK(Value(room.metadata)["tags"][1] == Value("x"));
    CHECK(room.created_at == start);
    CHECK(room.updated_at == start);
  }
  CHECK(world.create({.id = "a:b%"}).failure == Failure::room_exists);
  CHECK(world.find("a").failure == Failure::no_such_room);

  world.clock.advance(1s);
  REQUIRE(world.set_metadata("a:b%", {{"topic", "tea"}}));
  const Room changed = world.find("a:b%").value;
  CHECK(Value(changed.metadata) == Value(Object{{"topic", "tea"}}));
  CHECK(changed.created_at == start);
  CHECK(changed.updated_at == start + 1s);

  REQUIRE(world.join("a:b%", "ada"));
  REQUIRE(world.remove("a:b%"));
  REQUIRE(world.remove("a:b%"));
  CHECK(world.find("a:b%").failure == Failure::no_such_room);
  CHECK(world.set_metadata("a:b%", {}).failure == Failure::no_such_room);
  CHECK(world.set_closed("a:b%", true).failure == Failure::no_such_room);
  CHECK(world.rooms_of("ada").empty());
  // A new one of the same name has nothing of the old one.
  CHECK(world.create({.id = "a:b%"}).value.members == 0);
  CHECK(world.members("a:b%").empty());
  CHECK(world.find("a:b%").value.capacity == world.options.default_capacity);
}

TEST_CASE_TEMPLATE("rooms: members stay until they leave", Place, SqlitePlace, RedisPlace) {
  World<Place> world;
  const auto first = world.join("tea", "bob");
  REQUIRE(first);
  CHECK(first.value.joined);
  CHECK(first.value.room.id == "tea");
  CHECK(first.value.room.members == 1);
  CHECK(world.join("tea", "ada").value.room.members == 2);
  CHECK_FALSE(world.join("tea", "bob").value.joined);
  REQUIRE(world.join("coffee", "bob"));
  CHECK(world.members("tea") == Texts{"ada", "bob"});
  CHECK(world.members("no").empty());
  CHECK(world.rooms_of("bob") == Texts{"coffee", "tea"});
  CHECK(world.is_member("tea", "bob"));

  CHECK(world.leave("tea", "bob").value);
  CHECK_FALSE(world.leave("tea", "bob").value);
  CHECK_FALSE(world.leave("no", "bob").value);
  CHECK_FALSE(world.is_member("tea", "bob"));
  CHECK(world.members("tea") == Texts{"ada"});
  CHECK(world.find("tea").value.members == 1);
  CHECK(world.rooms_of("bob") == Texts{"coffee"});
  CHECK(world.find("no").failure == Failure::no_such_room);
}

TEST_CASE_TEMPLATE("rooms: full and closed", Place, SqlitePlace, RedisPlace) {
  World<Place> world;
  REQUIRE(world.create({.id = "small", .capacity = 2}));
  REQUIRE(world.join("small", "ada"));
  REQUIRE(world.join("small", "bob"));
  const auto full = world.join("small", "eve");
  CHECK(full.failure == Failure::room_full);
  CHECK(code_of(full.failure) == "ROOM_FULL");
  CHECK(full.error == "Room is full");
  CHECK(world.join("small", "ada"));  // is in it already
  CHECK(world.rooms_of("eve").empty());
  world.leave("small", "ada");
  CHECK(world.join("small", "eve"));

  REQUIRE(world.set_closed("small", true));
  CHECK(world.find("small").value.closed);
  world.leave("small", "eve");
  for (const char* user : {"eve", "bob"}) {
    const auto closed = world.join("small", user);
    CHECK(closed.failure == Failure::room_closed);
    CHECK(code_of(closed.failure) == "ROOM_CLOSED");
  }
  REQUIRE(world.set_closed("small", false));
  CHECK(world.join("small", "eve"));
}

TEST_CASE_TEMPLATE("rooms: those with news come first", Place, SqlitePlace, RedisPlace) {
  World<Place> world;
  for (const char* room : {"a", "b", "c"}) {
    world.join(room, "ada");
    world.clock.advance(1s);
  }
  CHECK(world.listed() == Texts{"c", "b", "a"});
  world.add_event("a", "message", nullptr);
  world.clock.advance(1s);
  world.leave("b", "ada");
  CHECK(world.listed() == Texts{"b", "a", "c"});
  CHECK(world.listed(1, 1) == Texts{"a"});
  CHECK(world.listed(2, 5) == Texts{"c"});
  CHECK(world.listed(3, 5).empty());
  CHECK(world.list().value[0].members == 0);
  CHECK(world.list().value[1].members == 1);
}

TEST_CASE_TEMPLATE("rooms: the last events", Place, SqlitePlace, RedisPlace) {
  RoomOptions options;
  options.limits.kept_events = 3;
  World<Place> world(options);
  CHECK(world.add_event("tea", "message", 0).failure == Failure::no_such_room);
  world.join("tea", "ada");
  world.join("other", "ada");
  for (int i = 1; i <= 4; ++i) {
    REQUIRE(world.add_event("tea", "message", Object{{"number", i}, {"text", "a\"b"}}));
  }
  world.add_event("other", "message", 9);
  const auto events = world.events("tea", 3).value;
  REQUIRE(events.size() == 3);
  CHECK(events[0].event == "message");
  CHECK(events[0].data == Value(Object{{"number", 4}, {"text", "a\"b"}}));
  CHECK(events[0].timestamp == world.options.now());
  CHECK(events[2].data["number"] == Value(2));
  CHECK(world.events("tea", 1).value.size() == 1);
  CHECK(world.events("tea", 4).failure == Failure::invalid);
  CHECK(world.events("no", 3).value.empty());
}

TEST_CASE_TEMPLATE("rooms: limits", Place, SqlitePlace, RedisPlace) {
  RoomOptions options;
  options.limits = {.id_bytes = 4,
                    .name_bytes = 5,
                    .metadata_bytes = 7,
                    .event_bytes = 52,
                    .capacity = 9,
                    .rooms = 3,
                    .rooms_per_user = 2,
                    .page = 2};
  options.default_capacity = 0;
  World<Place> world(options);
  const NewRoom good{.id = "1234", .name = "12345", .capacity = 9, .metadata = {{"a", 1}}};
  const auto failure = [&](auto change) {
    NewRoom room = good;
    change(room);
    return world.create(room).failure;
  };
  CHECK(failure([](NewRoom& r) { r.id += '5'; }) == Failure::invalid);
  CHECK(failure([](NewRoom& r) { r.id.clear(); }) == Failure::invalid);
  CHECK(failure([](NewRoom& r) { r.name += '6'; }) == Failure::invalid);
  CHECK(failure([](NewRoom& r) { r.capacity = 10; }) == Failure::invalid);
  CHECK(failure([](NewRoom& r) { r.metadata["a"] = 10; }) == Failure::invalid);
  CHECK(failure([](NewRoom&) {}) == Failure::none);
  CHECK(world.set_metadata("1234", {{"b", 2}}));
  CHECK(world.set_metadata("1234", {{"b", 22}}).failure == Failure::invalid);
  CHECK(world.add_event("1234", "12", "34"));  // 52 bytes as JSON
  CHECK(world.add_event("1234", "12", "345").failure == Failure::invalid);
  CHECK(world.join("1234", "12345").failure == Failure::invalid);
  CHECK(world.join("12345", "ada").failure == Failure::invalid);
  CHECK(world.rooms_of("12345").empty());
  CHECK(world.list(0, 2).failure == Failure::none);
  CHECK(world.list(0, 3).failure == Failure::invalid);
  CHECK(world.list(0, 0).failure == Failure::invalid);

  REQUIRE(world.join("a", "ada"));
  REQUIRE(world.join("b", "ada"));
  CHECK(world.join("1234", "ada").failure == Failure::too_many_rooms);
  CHECK(world.join("b", "ada"));
  CHECK(world.join("c", "bob").failure == Failure::too_many_rooms);
  CHECK(world.create({.id = "c"}).failure == Failure::too_many_rooms);
  world.remove("a");
  CHECK(world.create({.id = "c"}));
  CHECK(world.join("c", "ada"));  // a room that is gone does not count

  for (const char* user : {"x", "y", "z"}) {
    world.join("1234", user);
  }
  CHECK(world.members("1234").size() == 2);
  CHECK(world.find("1234").value.members == 3);
  // A room without a capacity has the highest.
  for (int i = 1; i <= 9; ++i) {
    CHECK(world.join("c", std::to_string(i)).failure ==
          (i < 9 ? Failure::none : Failure::room_full));
  }
}

TEST_CASE_TEMPLATE("rooms: of two that want the last places, none is too many", Place, SqlitePlace,
                   RedisPlace) {
  World<Place> world;
  const auto other = make_rooms(world.place, world.options);  // as another node
  REQUIRE(world.create({.id = "small", .capacity = 5}));
  std::atomic<int> in = 0;
  std::atomic<int> full = 0;
  for (int i = 0; i < 20; ++i) {
    for (RoomDirectory* rooms : {world.rooms.get(), other.get()}) {
      const std::string user = (rooms == other.get() ? "b" : "a") + std::to_string(i);
      rooms->join("small", user, [&](const Outcome<JoinResult>& outcome) {
        in += outcome ? 1 : 0;
        full += outcome.failure == Failure::room_full ? 1 : 0;
      });
    }
  }
  CHECK(tests::wait_until([&] { return in + full == 40; }));
  CHECK(in == 5);
  CHECK(world.members("small").size() == 5);
}

TEST_CASE("rooms: in SQLite they are there in the next run") {
  SqlitePlace place;
  {
    const auto rooms = make_rooms(place, {});
    REQUIRE(ask<JoinResult>([&](auto done) { rooms->join("tea", "ada", std::move(done)); }));
  }
  place.database.reset();
  place.database = place.open();
  const auto rooms = make_rooms(place, {});
  CHECK(ask<Texts>([&](auto done) { rooms->members("tea", std::move(done)); }).value ==
        Texts{"ada"});
}

TEST_CASE("rooms: those in which nothing happens are removed") {
  SUBCASE("from SQLite, now and then") {
    SqlitePlace place;
    tests::TestClock clock;
    RoomOptions options;
    options.idle_lifetime = 1h;
    options.now = clock.reader();
    const auto first = make_rooms(place, options);
    for (int i = 0; i < 50; ++i) {
      first->join("room" + std::to_string(i), "user" + std::to_string(i), nullptr);
    }
    clock.advance(1h + 1ms);
    REQUIRE(ask<JoinResult>([&](auto done) { first->join("new", "ada", std::move(done)); }));
    const auto second = make_rooms(place, options);  // looks at its start
    CHECK(tests::wait_until([&] {
      return ask<std::vector<Room>>([&](auto done) {
               second->list(0, 100, std::move(done));
             }).value.size() == 1;
    }));
  }
  SUBCASE("from Redis, when others are made or listed") {
    RoomOptions options;
    options.idle_lifetime = 1h;
    World<RedisPlace> world(options);
    world.join("old", "ada");
    world.add_event("old", "message", 1);
    world.clock.advance(1h);
    CHECK(world.listed() == Texts{"old"});
    world.clock.advance(1ms);
    world.join("new", "ada");
    CHECK(world.listed() == Texts{"new"});
    CHECK(world.rooms_of("ada") == Texts{"new"});
    CHECK(world.place.number({"EXISTS", "room:old", "room:old:members", "room:old:events"}) == 0);
  }
}

TEST_CASE("rooms: the keys in Redis are those of the documents") {
  World<RedisPlace> world;
  world.create({.id = "tea", .name = "Tea", .capacity = 3});
  world.join("tea", "ada");
  world.add_event("tea", "newMessage", Object{{"text", "hi"}});
  const auto& place = world.place;
  CHECK(place.number({"SISMEMBER", "room:tea:members", "ada"}) == 1);
  CHECK(place.execute({"HGET", "room:tea", "name"}).reply.text == "Tea");
  CHECK(place.execute({"HGET", "room:tea", "createdAt"}).reply.text == "2023-11-14T22:13:20.000Z");
  CHECK(place.execute({"LINDEX", "room:tea:events", "0"}).reply.text ==
        R"({"event":"newMessage","data":{"text":"hi"},"timestamp":1700000000000})");
}

TEST_CASE("rooms: in a Redis Cluster") {
  const tests::RedisCluster cluster;
  adapters::RedisOptions options;
  options.cluster_nodes = cluster.nodes();
  options.log = [](auto, auto) {};
  const auto redis = std::make_shared<adapters::Redis>(std::move(options));
  const auto rooms = chat::make_redis_rooms(redis, "{chat}:");
  const auto joined =
      ask<JoinResult>([&](auto done) { rooms->join("tea", "ada", std::move(done)); });
  CHECK(joined.error == "");
  CHECK(joined.value.room.members == 1);
}
