#include "adapters/redis/slots.hpp"

#include <doctest/doctest.h>

#include "tests/support/vectors.hpp"

using adapters::redis::Address;
using adapters::redis::key_slot;
using adapters::redis::parse_redirection;
using adapters::redis::Redirection;
using adapters::redis::Reply;
using adapters::redis::slot_count;
using adapters::redis::SlotMap;

namespace {

Reply integer(std::int64_t number) { return {Reply::Type::integer, number, {}, {}}; }
Reply string(std::string text) { return {Reply::Type::string, 0, std::move(text), {}}; }
Reply array(std::vector<Reply> elements) {
  return {Reply::Type::array, 0, {}, std::move(elements)};
}
Reply node(std::string host, std::int64_t port) {
  return array({string(std::move(host)), integer(port), string("id")});
}

const Address asked{"asked", 1, ""};

}  // namespace

TEST_CASE("slots: those of the captured channels and keys") {
  tests::for_each_vector("redis_cluster.json", "slot", [](const rapidjson::Value& vector) {
    CHECK(key_slot(tests::string_of(vector, "key")) == vector["slot"].GetUint());
  });
}

TEST_CASE("slots: hash tags") {
  CHECK(key_slot("123456789") == 0x31c3 % slot_count);  // the check value of CRC-16/XMODEM
  CHECK(key_slot("") == 0);
  CHECK(key_slot("{user}.a") == key_slot("user"));
  CHECK(key_slot("a{user}{other}") == key_slot("user"));
  CHECK(key_slot("{}a") != key_slot(""));
  CHECK(key_slot("a{{b}c}") == key_slot("{b"));
  CHECK(key_slot("{a") != key_slot("a"));
}

TEST_CASE("slot map: from CLUSTER SLOTS") {
  const auto map = SlotMap::parse(
      array({array({integer(0), integer(99), node("a", 7000), node("replica", 7001)}),
             array({integer(100), integer(100), node("", 7002)}),
             array({integer(101), integer(102), array({{}, integer(7003)})}),
             array({integer(103), integer(16383), node("a", 7000)})}),
      asked);
  REQUIRE(map);
  REQUIRE(map->masters().size() == 3);
  CHECK(*map->owner(0) == Address{"a", 7000, ""});
  CHECK(*map->owner(99) == Address{"a", 7000, ""});
  CHECK(*map->owner(100) == Address{"asked", 7002, ""});
  CHECK(*map->owner(101) == Address{"asked", 7003, ""});
  CHECK(*map->owner(16383) == Address{"a", 7000, ""});
  CHECK(map->owner(16384) == nullptr);
}

TEST_CASE("slot map: slots without an owner, and one that moves") {
  auto map = SlotMap::parse(array({array({integer(5), integer(5), node("a", 1)})}), asked);
  REQUIRE(map);
  CHECK(map->owner(4) == nullptr);
  map->assign(4, Address{"b", 2, ""});
  map->assign(16384, Address{"c", 3, ""});
  CHECK(*map->owner(4) == Address{"b", 2, ""});
  CHECK(map->masters().size() == 2);
}

TEST_CASE("slot map: what is no answer to CLUSTER SLOTS") {
  const Reply bad[] = {
      {},
      string("x"),
      array({}),
      array({integer(1)}),
      array({array({integer(0), integer(1)})}),
      array({array({integer(-1), integer(1), node("a", 1)})}),
      array({array({integer(0), integer(16384), node("a", 1)})}),
      array({array({string("0"), integer(1), node("a", 1)})}),
      array({array({integer(0), integer(1), node("a", 65536)})}),
      array({array({integer(0), integer(1), node("a", -1)})}),
      array({array({integer(0), integer(1), string("a")})}),
  };
  for (const Reply& reply : bad) {
    CHECK_FALSE(SlotMap::parse(reply, asked));
  }
}

TEST_CASE("slot map: masters at the limit and one past it") {
  for (const std::size_t count : {SlotMap::max_masters, SlotMap::max_masters + 1}) {
    std::vector<Reply> ranges;
    for (std::size_t i = 0; i < count; ++i) {
      const auto number = static_cast<std::int64_t>(i);
      ranges.push_back(array({integer(number), integer(number), node("a", number)}));
    }
    CHECK(SlotMap::parse(array(std::move(ranges)), asked).has_value() ==
          (count == SlotMap::max_masters));
  }
}

TEST_CASE("redirections") {
  const auto moved = parse_redirection("MOVED 3999 127.0.0.1:6381", asked);
  REQUIRE(moved);
  CHECK(moved->kind == Redirection::Kind::moved);
  CHECK(moved->slot == 3999);
  CHECK(moved->address == Address{"127.0.0.1", 6381, ""});
  const auto ask = parse_redirection("ASK 16383 ::1:6381", asked);
  REQUIRE(ask);
  CHECK(ask->kind == Redirection::Kind::ask);
  CHECK(ask->address == Address{"::1", 6381, ""});
  CHECK(parse_redirection("MOVED 1 :7000", asked)->address == Address{"asked", 7000, ""});
  for (const char* error : {"TRYAGAIN Multiple keys", "CLUSTERDOWN The cluster is down"}) {
    CHECK(parse_redirection(error, asked)->kind == Redirection::Kind::later);
  }
  for (const char* error : {"", "ERR x", "MOVED", "MOVED x a:1", "MOVED 16384 a:1", "MOVED 1 a",
                            "MOVED 1 a:x", "MOVED 1 a:99999", "ASK 1"}) {
    CAPTURE(error);
    CHECK_FALSE(parse_redirection(error, asked));
  }
}
