#include "apps/chat/monitoring/log.hpp"

#include <doctest/doctest.h>

#include <condition_variable>
#include <mutex>

#include "apps/chat/monitoring/log_line.hpp"

using namespace std::chrono_literals;
using chat::Log;
using chat::LogLevel;
using chat::LogLine;

namespace {

constexpr std::chrono::sys_time<std::chrono::milliseconds> time_point{1'700'000'000'123ms};

/// What `write` logs.
template <class Write>
std::string logged(Log::Options options, const Write& write) {
  std::string lines;
  options.sink = [&lines](std::string_view line) { lines += line; };
  {
    Log log(std::move(options));
    write(log);
  }
  return lines;
}

/// Without the time.
std::string logged_after_time(Log::Options options, LogLevel level) {
  std::string line = logged(std::move(options), [level](Log& log) {
    log.write(level, "text", {{"n", 1}});
  });
  return line.empty() ? line : line.substr(24);
}

}  // namespace

TEST_CASE("a line for people") {
  const LogLine line{.level = LogLevel::warn,
                     .text = "room created",
                     .fields = {{"room", "lobby"},
                                {"title", "two words"},
                                {"empty", ""},
                                {"members", 3U},
                                {"load", 0.5},
                                {"closed", false}},
                     .node_id = "n1"};
  CHECK(pretty_line(line, time_point) ==
        "2023-11-14 22:13:20.123 WARN  room created room=lobby title=\"two words\" empty=\"\" "
        "members=3 load=0.5 closed=false\n");
}

TEST_CASE("a line of JSON") {
  const LogLine line{.level = LogLevel::error,
                     .text = "say \"no\"",
                     .fields = {{"room", "a\nb"}, {"members", -3}, {"ok", true}},
                     .node_id = "n1"};
  CHECK(json_line(line, time_point) ==
        "{\"time\":\"2023-11-14T22:13:20.123Z\",\"level\":\"error\",\"message\":\"say \\\"no\\\"\","
        "\"node\":\"n1\",\"room\":\"a\\nb\",\"members\":-3,\"ok\":true}\n");
}

TEST_CASE("nobody can write lines of his own") {
  const LogLine line{.level = LogLevel::info,
                     .text = "a\nb\x1b[31m",
                     .fields = {{"name", "x\n2023-11-14 ERROR"}},
                     .node_id = ""};
  CHECK(pretty_line(line, time_point) ==
        "2023-11-14 22:13:20.123 INFO  a\\x0ab\\x1b[31m name=\"x\\n2023-11-14 ERROR\"\n");
}

TEST_CASE("the level says what is logged, and can change") {
  CHECK(logged_after_time({.level = LogLevel::warn}, LogLevel::info).empty());
  CHECK(logged_after_time({.level = LogLevel::warn}, LogLevel::warn) == "WARN  text n=1\n");
  const std::string lines = logged({.level = LogLevel::error}, [](Log& log) {
    CHECK_FALSE(log.writes(LogLevel::debug));
    log.debug("one");
    log.set_level(LogLevel::debug);
    CHECK(log.writes(LogLevel::debug));
    log.debug("two");
  });
  CHECK(lines.find("one") == std::string::npos);
  CHECK(lines.find("DEBUG two\n") != std::string::npos);
}

TEST_CASE("it can change between people and JSON") {
  const std::string lines = logged({.pretty = true, .node_id = "n1"}, [](Log& log) {
    log.info("one");
    log.set_pretty(false);
    log.info("two");
  });
  CHECK(lines.find("INFO  one\n{\"time\":") != std::string::npos);
  CHECK(lines.ends_with("\"message\":\"two\",\"node\":\"n1\"}\n"));
}

TEST_CASE("a reader that has stopped does not stop the program: lines are dropped and counted") {
  std::mutex mutex;
  std::condition_variable changed;
  bool blocked = true;
  std::size_t written = 0;
  constexpr std::size_t count = 20'000;
  {
    Log log({.sink = [&](std::string_view) {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return !blocked; });
      ++written;
    }});
    for (std::size_t i = 0; i < count; ++i) {
      log.info("line");
    }
    CHECK(log.dropped() > 0);
    CHECK(log.dropped() < count);
    const std::lock_guard lock(mutex);
    blocked = false;
    changed.notify_all();
  }
  CHECK(written > 0);
  CHECK(written < count);
}
