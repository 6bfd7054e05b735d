#include "apps/chat/rooms/client_records.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "tests/apps/chat/store/worlds.hpp"

using chat::ClientRecord;
using chat::ClientRecords;
using chat::Failure;
using chat::Nothing;
using chat::Outcome;
using chat::Room;
using chat::RoomDirectory;
using chat::RoomOptions;
using chat::RoomRecord;
using socketio::Object;
using socketio::Value;
using tests::ask;
using tests::RedisPlace;
using tests::SqlitePlace;

namespace {

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

std::unique_ptr<ClientRecords> make_clients(const SqlitePlace& place, std::string node,
                                            const RoomOptions& options) {
  return chat::make_sqlite_clients(place.database, std::move(node), options);
}
std::unique_ptr<ClientRecords> make_clients(const RedisPlace& place, std::string node,
                                            const RoomOptions& options) {
  return chat::make_redis_clients(place.redis, std::move(node), {}, options);
}
std::unique_ptr<RoomDirectory> make_rooms(const SqlitePlace& place, const RoomOptions& options) {
  return chat::make_sqlite_rooms(place.database, options);
}
std::unique_ptr<RoomDirectory> make_rooms(const RedisPlace& place, const RoomOptions& options) {
  return chat::make_redis_rooms(place.redis, {}, options);
}

Outcome<Nothing> add(ClientRecords& clients, std::string client, Object metadata = {}) {
  return ask<Nothing>([&](auto done) { clients.add(client, metadata, std::move(done)); });
}
Outcome<bool> join(ClientRecords& clients, std::string client, std::string room) {
  return ask<bool>([&](auto done) { clients.join(client, room, std::move(done)); });
}
Outcome<bool> leave(ClientRecords& clients, std::string client, std::string room) {
  return ask<bool>([&](auto done) { clients.leave(client, room, std::move(done)); });
}
Texts remove(ClientRecords& clients, std::string client) {
  return ask<Texts>([&](auto done) { clients.remove(client, std::move(done)); }).value;
}
ClientRecord find(ClientRecords& clients, std::string client) {
  return ask<ClientRecord>([&](auto done) { clients.find(client, std::move(done)); }).value;
}
Outcome<RoomRecord> find_room(ClientRecords& clients, std::string room) {
  return ask<RoomRecord>([&](auto done) { clients.find_room(room, std::move(done)); });
}

template <class Place>
struct World {
  explicit World(RoomOptions given = {}) : options(std::move(given)) {
    options.now = clock.reader();
    rooms = make_rooms(place, options);
    clients = make_clients(place, "node", options);
  }

  tests::TestClock clock;
  Place place;
  RoomOptions options;
  std::unique_ptr<RoomDirectory> rooms;
  std::unique_ptr<ClientRecords> clients;
};

}  // namespace

TEST_CASE_TEMPLATE("clients: a record as long as the connection", Place, SqlitePlace, RedisPlace) {
  World<Place> world;
  const auto start = world.options.now();
  REQUIRE(add(*world.clients, "c1", {{"agent", "x"}}));
  world.clock.advance(1s);
  REQUIRE(join(*world.clients, "c1", "tea").value);
  CHECK_FALSE(join(*world.clients, "c1", "tea").value);
  REQUIRE(join(*world.clients, "c1", "coffee"));
  REQUIRE(ask<Nothing>([&](auto done) { world.clients->touch("c1", std::move(done)); }));

  const ClientRecord record = find(*world.clients, "c1");
  CHECK(record.id == "c1");
  CHECK(record.rooms == Texts{"coffee", "tea"});
  CHECK(Value(record.metadata) == Value(Object{{"agent", "x"}}));
  CHECK(record.connected_at == start);
  CHECK(record.last_active_at == start + 1s);
  CHECK(record.node == "node");

  CHECK(find_room(*world.clients, "tea").value.clients == Texts{"c1"});
  CHECK(find_room(*world.clients, "tea").value.room.members == 0);  // those are others
  CHECK(leave(*world.clients, "c1", "coffee").value);
  CHECK_FALSE(leave(*world.clients, "c1", "coffee").value);
  CHECK(remove(*world.clients, "c1") == Texts{"tea"});
  CHECK(remove(*world.clients, "c1").empty());
  CHECK(find(*world.clients, "c1").id.empty());
  CHECK(find_room(*world.clients, "tea").value.clients.empty());
  CHECK(find_room(*world.clients, "no").failure == Failure::no_such_room);
  CHECK(join(*world.clients, "c1", "tea").failure == Failure::invalid);
  // To touch what is gone makes nothing.
  REQUIRE(ask<Nothing>([&](auto done) { world.clients->touch("c1", std::move(done)); }));
  CHECK(find(*world.clients, "c1").id.empty());
}

TEST_CASE_TEMPLATE("clients: rooms that are full or closed", Place, SqlitePlace, RedisPlace) {
  RoomOptions options;
  options.limits.rooms_per_user = 2;
  World<Place> world(options);
  REQUIRE(ask<Room>([&](auto done) {
    world.rooms->create({.id = "small", .name = {}, .capacity = 1, .metadata = {}},
                        std::move(done));
  }));
  add(*world.clients, "c1");
  add(*world.clients, "c2");
  CHECK(join(*world.clients, "c1", "small"));
  CHECK(join(*world.clients, "c2", "small").failure == Failure::room_full);
  remove(*world.clients, "c1");
  CHECK(join(*world.clients, "c2", "small"));
  CHECK(join(*world.clients, "c2", "b"));
  CHECK(join(*world.clients, "c2", "c").failure == Failure::too_many_rooms);
  REQUIRE(ask<Nothing>([&](auto done) { world.rooms->set_closed("b", true, std::move(done)); }));
  add(*world.clients, "c3");
  CHECK(join(*world.clients, "c3", "b").failure == Failure::room_closed);
}

TEST_CASE("clients: in SQLite they end with the program, unlike rooms") {
  World<SqlitePlace> world;
  add(*world.clients, "c1");
  join(*world.clients, "c1", "tea");
  world.rooms.reset();
  world.clients.reset();
  world.place.database.reset();
  world.place.database = world.place.open();
  const auto clients = make_clients(world.place, "node", world.options);
  CHECK(find(*clients, "c1").id.empty());
  CHECK(find_room(*clients, "tea").value.clients.empty());
}

TEST_CASE("clients: those of a dead node are removed, a part at a time") {
  World<RedisPlace> world;
  const auto dead = make_clients(world.place, "dead:1", world.options);
  constexpr int many = 150;
  for (int i = 0; i < many; ++i) {
    const std::string client = "d" + std::to_string(i);
    dead->add(client, {}, nullptr);
    dead->join(client, "tea", nullptr);
  }
  add(*world.clients, "c1");
  join(*world.clients, "c1", "tea");
  add(*dead, "last");
  join(*dead, "last", "coffee");

  int parts = 0;
  std::set<std::string> rooms;
  bool finished = false;
  while (!finished && ++parts < 10) {
    const auto removed = ask<ClientRecords::Removed>(
        [&](auto done) { world.clients->remove_node("dead:1", std::move(done)); });
    REQUIRE(removed);
    rooms.insert(removed.value.rooms.begin(), removed.value.rooms.end());
    finished = removed.value.finished;
  }
  CHECK(parts == 2);
  CHECK(rooms == std::set<std::string>{"coffee", "tea"});
  CHECK(find_room(*world.clients, "tea").value.clients == Texts{"c1"});
  CHECK(find(*world.clients, "d0").id.empty());
  CHECK(find(*world.clients, "c1").id == "c1");
  CHECK(world.place.number({"DBSIZE"}) ==
        7);  // c1, its rooms, its node, 2 rooms, tea's clients, all
}
