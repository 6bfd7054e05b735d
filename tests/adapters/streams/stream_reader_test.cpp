#include "adapters/streams/stream_reader.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "adapters/streams/stream_hub.hpp"
#include "tests/adapters/support/fake_client.hpp"

using namespace adapters;
using namespace adapters::streams;
using namespace std::chrono_literals;
using redis::Result;
using tests::array_reply;
using tests::string_reply;

namespace {

struct Listener final : EntryListener {
  void on_entry(Entry& entry) override {
    seen.push_back(std::string(entry.id_text) + " " + std::string(entry.uid));
  }
  std::vector<std::string> seen;
};

Result entry(const std::string& id, const std::string& nsp, const std::string& uid = "u") {
  return array_reply({string_reply(id), array_reply({string_reply("nsp"), string_reply(nsp),
                                                     string_reply("uid"), string_reply(uid)})});
}

Result read_of(std::vector<Result> entries) {
  return array_reply({array_reply({string_reply("s"), array_reply(std::move(entries))})});
}

struct Reading {
  Reading()
      : monitor(std::make_shared<BusMonitor>([](socketio::LogLevel, std::string_view) {})),
        hub(client, {.read_count = 7, .block_time = 300ms, .monitor = monitor}),
        main(std::make_shared<Listener>()) {
    reader = hub.attach("s", "/", main);
  }

  tests::FakeClient::Blocking& connection() { return *client.blocking.at(0); }
  std::vector<std::string> command() { return connection().command.value_or(redis::Command{}); }

  tests::FakeClient client;
  std::shared_ptr<BusMonitor> monitor;
  StreamHub hub;
  std::shared_ptr<Listener> main;
  std::shared_ptr<StreamReader> reader;
};

}  // namespace

TEST_CASE("a reader begins behind the last entry") {
  Reading reading;
  CHECK(reading.command() == redis::Command{"XREVRANGE", "s", "+", "-", "COUNT", "1"});
  CHECK_FALSE(reading.reader->healthy());
  reading.connection().answer(reading.client, array_reply({entry("8-1", "/")}));
  CHECK(reading.command() ==
        redis::Command{"XREAD", "COUNT", "7", "BLOCK", "300", "STREAMS", "s", "8-1"});
  CHECK(reading.reader->healthy());
  CHECK(reading.main->seen.empty());
}

TEST_CASE("a reader of a stream that does not exist yet") {
  Reading reading;
  reading.connection().answer(reading.client, array_reply({}));
  CHECK(reading.command().back() == "0-0");
  reading.connection().answer(reading.client, tests::nil_reply());  // nothing in time
  CHECK(reading.command().back() == "0-0");
}

TEST_CASE("a stream is read once for all namespaces, and no longer than for the last") {
  Reading reading;
  const auto other = std::make_shared<Listener>();
  CHECK(reading.hub.attach("s", "/other", other) == reading.reader);
  CHECK(reading.client.blocking.size() == 1);
  reading.connection().answer(reading.client, array_reply({}));
  reading.connection().answer(
      reading.client, read_of({entry("1-0", "/"), entry("1-1", "/other"), entry("1-2", "/nobody"),
                               entry("2-0", "/")}));
  CHECK(reading.main->seen == std::vector<std::string>{"1-0 u", "2-0 u"});
  CHECK(other->seen == std::vector<std::string>{"1-1 u"});
  CHECK(reading.monitor->statistics().received == 4);
  CHECK(reading.monitor->statistics().ignored == 1);

  reading.hub.detach("s", "/", *reading.main);
  CHECK_FALSE(reading.connection().destroyed);
  reading.hub.detach("s", "/other", *other);
  CHECK(reading.connection().destroyed);
}

TEST_CASE("a namespace that came back is not taken out with the one before") {
  Reading reading;
  const auto next = std::make_shared<Listener>();
  (void)reading.hub.attach("s", "/", next);
  reading.hub.detach("s", "/", *reading.main);
  reading.connection().answer(reading.client, array_reply({}));
  reading.connection().answer(reading.client, read_of({entry("1-0", "/")}));
  CHECK(next->seen.size() == 1);
}

TEST_CASE("a read that failed is tried again, without waiting at Redis") {
  Reading reading;
  reading.connection().answer(reading.client, tests::error_reply("LOADING"));
  CHECK(reading.command().empty());
  reading.client.advance(199ms);
  CHECK(reading.command().empty());
  reading.client.advance(1ms);
  CHECK(reading.command().front() == "XREVRANGE");
  reading.connection().answer(reading.client, array_reply({}));
  reading.connection().answer(reading.client, read_of({entry("1-0", "/")}));

  reading.connection().answer(reading.client, tests::error_reply(redis::connection_lost));
  CHECK_FALSE(reading.reader->healthy());
  reading.client.advance(200ms);
  CHECK(reading.command() == redis::Command{"XREAD", "COUNT", "7", "STREAMS", "s", "1-0"});
  reading.connection().answer(reading.client, tests::nil_reply());
  CHECK(reading.reader->healthy());
  CHECK(reading.command().at(3) == "BLOCK");
}

TEST_CASE("a reader does not spin over an answer that makes no sense") {
  Reading reading;
  reading.connection().answer(reading.client, array_reply({}));
  for (Result rubbish : {array_reply({}), tests::status_reply(), read_of({array_reply({})}),
                         read_of({entry("x", "/")}), read_of({string_reply("1-0")})}) {
    CHECK(reading.connection().answer(reading.client, std::move(rubbish)));
    CHECK(reading.command().empty());
    reading.client.advance(200ms);
    CHECK(reading.command().back() == "0-0");
  }
  reading.connection().answer(reading.client, read_of({entry("1-0", "/"), entry("1-0", "/")}));
  CHECK(reading.main->seen.size() == 1);
  CHECK(reading.command().back() == "1-0");
}

TEST_CASE("who waits for a place is called between two entries") {
  Reading reading;
  std::vector<std::size_t> seen;
  const auto wait = [&](EntryId id) {
    reading.reader->when_at(id, [&] { seen.push_back(reading.main->seen.size()); });
  };
  wait({1, 0});
  reading.connection().answer(reading.client, array_reply({}));
  CHECK(seen.empty());
  reading.connection().answer(reading.client, read_of({entry("1-0", "/"), entry("2-0", "/")}));
  CHECK(seen == std::vector<std::size_t>{1});
  wait({1, 5});
  CHECK(seen.size() == 1);  // not from inside of the call
  reading.client.run();
  CHECK(seen == std::vector<std::size_t>{1, 2});
}
