#include "adapters/streams/streams_adapter.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

#include "tests/adapters/cluster/bus_world.hpp"

using namespace adapters;
using namespace std::chrono_literals;
using tests::BusWorld;
using tests::Texts;

TEST_CASE("without recovery, local delivery does not wait for Redis") {
  BusWorld bus(tests::on_streams());
  tests::FakeSession& client = bus.join();
  bus.client.away = true;
  bus.world->set_current(0);
  bus.world->io().emit("hello");
  CHECK(tests::take(client) == Texts{R"(2["hello"])"});
  bus.settle();
}

TEST_CASE("a stream is not read any more when its namespaces are closed") {
  BusWorld bus(tests::on_streams());
  bus.world->of("/other");
  bus.settle();
  REQUIRE(bus.client.blocking.size() == 1);
  CHECK(bus.client.subscriptions() == 4);
  bus.world->io().adapter().close();
  bus.settle();
  CHECK_FALSE(bus.client.blocking[0]->destroyed);
  bus.world->of("/other").adapter().close();
  bus.settle();
  CHECK(bus.client.blocking[0]->destroyed);
  CHECK(bus.client.subscriptions() == 0);
}

TEST_CASE("options of the streams adapter that make no sense") {
  const auto refused = [](const StreamsAdapterOptions& options) {
    CHECK_THROWS_AS((void)streams::checked(options), std::invalid_argument);
  };
  refused({.stream_name = ""});
  refused({.stream_count = 0});
  refused({.channel_prefix = ""});
  refused({.max_length = 0});
  refused({.read_count = 0});
  refused({.block_time = 0ms});
  refused({.session_key_prefix = ""});
  refused({.requests_timeout = 0ms});
  const auto least = streams::checked({.stream_count = 1,
                                       .max_length = 1,
                                       .read_count = 1,
                                       .block_time = 1ms,
                                       .requests_timeout = 1ms});
  CHECK(least.monitor != nullptr);
  CHECK_THROWS_AS((void)streams_adapter(nullptr), std::invalid_argument);
}
