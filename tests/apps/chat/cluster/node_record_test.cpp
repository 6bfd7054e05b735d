#include "apps/chat/cluster/node_record.hpp"

#include <doctest/doctest.h>

using chat::node_record_from_json;
using chat::NodeRecord;

TEST_CASE("a record is what the seed document writes, and more") {
  const NodeRecord record{.node = "n1",
                          .timestamp = 1'700'000'000'000,
                          .connections = 7,
                          .memory = {.rss = 4096},
                          .started = 5,
                          .presence = 3};
  const std::string json = to_json(record);
  CHECK(
      json ==
      R"({"timestamp":1700000000000,"connections":7,"memory":{"rss":4096},"started":5,"presence":3})");
  const auto read = node_record_from_json("n1", json);
  REQUIRE(read.has_value());
  CHECK(read->timestamp == record.timestamp);
  CHECK(read->connections == 7);
  CHECK(read->memory.rss == 4096);
  CHECK(read->started == 5);
  CHECK(read->presence == 3);
}

TEST_CASE("a record of a Node server has no presence") {
  const auto read = node_record_from_json(
      "n2", R"({"timestamp":1,"connections":2,"memory":{"rss":3,"heapTotal":4}})");
  REQUIRE(read.has_value());
  CHECK(read->connections == 2);
  CHECK_FALSE(read->presence.has_value());
}

TEST_CASE("rubbish is no record, odd members are 0") {
  CHECK_FALSE(node_record_from_json("n", "{").has_value());
  CHECK_FALSE(node_record_from_json("n", "[1]").has_value());
  const auto odd = node_record_from_json("n", R"({"timestamp":"x","memory":5})");
  REQUIRE(odd.has_value());
  CHECK(odd->timestamp == 0);
}

TEST_CASE("statistics add up") {
  const auto statistics =
      chat::summarize({{.node = "b", .connections = 2}, {.node = "a", .connections = 3}});
  CHECK(statistics.total_nodes == 2);
  CHECK(statistics.total_connections == 5);
  CHECK(statistics.nodes[0].node_id == "a");
  CHECK(statistics.nodes[1].connections == 2);
}
