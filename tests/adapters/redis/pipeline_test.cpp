#include "adapters/redis/pipeline.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using adapters::redis::CommandBatch;
using adapters::redis::CommandHeader;
using adapters::redis::Pipeline;
using adapters::redis::Reply;
using adapters::redis::Result;

namespace {

const Reply ok{Reply::Type::status, 0, "OK", {}};

CommandBatch command(std::string_view bytes, CommandHeader header = {}) {
  CommandBatch batch;
  batch.add(header, bytes, {});
  return batch;
}

CommandBatch noted(std::string_view bytes, std::vector<std::string>& log) {
  CommandBatch batch;
  batch.add({}, bytes, [&log, name = std::string(bytes)](Result) { log.push_back(name); });
  return batch;
}

std::string output(Pipeline& pipeline, std::size_t max = 1'000'000) {
  std::string all;
  for (const std::string_view piece : pipeline.take_output(max)) {
    all += piece;
  }
  return all;
}

std::string long_command(char c) { return std::string(20'000, c); }

}  // namespace

TEST_CASE("pipeline: commands leave in order, and replies find them") {
  Pipeline pipeline;
  std::vector<std::string> log;
  pipeline.push(noted("a", log));
  pipeline.push(command("b"));
  CHECK(output(pipeline) == "ab");
  pipeline.push(noted("c", log));
  CHECK(pipeline.has_output());
  for (const char* name : {"a", "b", "c"}) {
    if (name == std::string("c")) {
      CHECK(output(pipeline) == "c");
    }
    REQUIRE(pipeline.awaiting_reply());
    auto answer = pipeline.on_reply(ok);
    REQUIRE(answer);
    CHECK(answer->bytes == name);
    CHECK(static_cast<bool>(answer->callback) == (name != std::string("b")));
    if (answer->callback) {
      answer->callback({});
    }
  }
  CHECK(log == std::vector<std::string>{"a", "c"});
  CHECK(pipeline.empty());
  CHECK_FALSE(pipeline.awaiting_reply());
}

TEST_CASE("pipeline: what was sent is lost with the connection, the rest is sent again") {
  Pipeline pipeline;
  std::vector<std::string> log;
  for (const char c : {'a', 'b', 'c'}) {
    pipeline.push(noted(long_command(c), log));
  }
  CHECK(output(pipeline, 30'000) == long_command('a') + long_command('b'));
  REQUIRE(pipeline.on_reply(ok));
  CommandBatch lost = pipeline.lose();
  CHECK(lost.bytes == long_command('b'));
  REQUIRE(lost.callbacks.size() == 1);
  CHECK_FALSE(pipeline.awaiting_reply());
  CHECK(output(pipeline) == long_command('c'));
  REQUIRE(pipeline.on_reply(ok));
  CHECK(pipeline.empty());
}

TEST_CASE("pipeline: lost in the middle of a chunk and of a transaction") {
  Pipeline pipeline;
  CommandBatch batch = command("one");
  batch.append(command("two", {.replies = 3}));
  batch.append(command("three"));
  pipeline.push(std::move(batch));
  CHECK(output(pipeline) == "onetwothree");
  REQUIRE(pipeline.on_reply(ok));
  CHECK_FALSE(pipeline.on_reply(ok));
  CommandBatch lost = pipeline.lose();
  CHECK(lost.bytes == "twothree");
  CHECK(lost.headers.size() == 2);
  // The replies that came are those of another life.
  pipeline.push(command("x", {.replies = 2}));
  CHECK(output(pipeline) == "x");
  CHECK_FALSE(pipeline.on_reply(ok));
  CHECK(pipeline.on_reply(ok));
}

TEST_CASE("pipeline: a transaction fails with the first of its errors") {
  Pipeline pipeline;
  pipeline.push(command("t", {.replies = 4}));
  pipeline.push(command("u"));
  static_cast<void>(output(pipeline));
  CHECK_FALSE(pipeline.on_reply(ok));
  CHECK_FALSE(pipeline.on_reply({Reply::Type::error, 0, "MOVED 1 a:1", {}}));
  CHECK_FALSE(pipeline.on_reply({Reply::Type::error, 0, "ERR second", {}}));
  auto answer = pipeline.on_reply({Reply::Type::error, 0, "EXECABORT", {}});
  REQUIRE(answer);
  CHECK(answer->error == "MOVED 1 a:1");
  answer = pipeline.on_reply(ok);
  REQUIRE(answer);
  CHECK(answer->error.empty());
}

TEST_CASE("pipeline: unsent commands can be taken back") {
  Pipeline pipeline;
  pipeline.push(command(long_command('a')));
  pipeline.push(command(long_command('b')));
  pipeline.push(command("c"));
  static_cast<void>(output(pipeline, 1));
  CHECK(pipeline.take_unsent().bytes == long_command('b') + "c");
  CHECK_FALSE(pipeline.has_output());
  REQUIRE(pipeline.on_reply(ok));
  CHECK(pipeline.empty());
}

TEST_CASE("pipeline: what is being written does not move") {
  Pipeline pipeline;
  pipeline.push(command("first"));
  const std::vector<std::string_view> pieces = pipeline.take_output(100);
  for (int i = 0; i < 100; ++i) {
    pipeline.push(command(long_command('x')));
    pipeline.push(command("y"));
  }
  REQUIRE(pieces.size() == 1);
  CHECK(pieces.front() == "first");
}
