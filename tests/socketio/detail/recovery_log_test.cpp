#include "socketio/detail/recovery_log.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace socketio;
using namespace socketio::detail;
using namespace std::chrono_literals;

namespace {

using Texts = std::vector<std::string>;

constexpr RecoveryLog::TimePoint start{1h};
constexpr RecoveryLog::Limits roomy{.duration = 60s, .bytes = 1000, .sessions = 10};

void append(RecoveryLog& log, std::string text, RecoveryLog::TimePoint now,
            BroadcastOptions options = {}) {
  log.append(std::make_shared<const SharedBroadcast>(
                 SharedBroadcast{std::make_shared<EncodedPacket>(EncodedPacket{
                                     engineio::MessageKind::text, std::move(text), {}}),
                                 std::move(options)}),
             now);
}

Texts texts(const std::vector<SharedPacket>& packets) {
  Texts result;
  for (const SharedPacket& packet : packets) {
    result.push_back(packet->text);
  }
  return result;
}

SessionState session(std::string pid, Texts rooms = {}) {
  return {"sid of " + pid, std::move(pid), std::move(rooms), Value()};
}

}  // namespace

TEST_CASE("missed are the later packets for the rooms of the session") {
  RecoveryLog log(roomy, 100);
  append(log, "received", start);
  const std::string offset = RecoveryLog::offset_of(101);
  append(log, "all", start);
  append(log, "room", start, {.rooms = {"x", "a"}});
  append(log, "other room", start, {.rooms = {"x"}});
  append(log, "excepted", start, {.except = {"b"}});
  log.save(session("p", {"a", "b"}), start);
  auto restored = log.restore("p", offset, start);
  REQUIRE(restored.has_value());
  CHECK(restored->state.sid == "sid of p");
  CHECK(texts(restored->missed) == Texts{"all", "room"});
  CHECK(restored->position == 105);
  CHECK_FALSE(log.restore("p", offset, start).has_value());

  append(log, "later", start);
  CHECK(texts(log.missed(*restored)) == Texts{"later"});
  CHECK(log.missed(*restored).empty());
}

TEST_CASE("a failed attempt does not use the session up") {
  RecoveryLog log(roomy, 100);
  append(log, "received", start);
  log.save(session("p"), start);
  CHECK_FALSE(log.restore("p", "nope", start).has_value());
  CHECK_FALSE(log.restore("p", RecoveryLog::offset_of(100), start).has_value());
  CHECK_FALSE(log.restore("p", RecoveryLog::offset_of(102), start).has_value());
  CHECK(log.restore("p", RecoveryLog::offset_of(101), start).has_value());
}

TEST_CASE("packets and sessions are kept for their time") {
  RecoveryLog log(roomy, 100);
  append(log, "a", start);
  log.save(session("p"), start);
  log.expire(start + 60s);
  CHECK(log.size() == 1);
  CHECK(log.session_count() == 1);
  log.expire(start + 60s + 1ms);
  CHECK(log.size() == 0);
  CHECK(log.session_count() == 0);
}

TEST_CASE("a session that came back and left again is kept from then on") {
  RecoveryLog log(roomy, 100);
  append(log, "a", start);
  log.save(session("p"), start);
  REQUIRE(log.restore("p", RecoveryLog::offset_of(101), start).has_value());
  log.save(session("p"), start + 30s);
  log.expire(start + 61s);
  CHECK(log.session_count() == 1);
}

TEST_CASE("the log is limited in bytes: the oldest go first") {
  RecoveryLog log({.duration = 60s, .bytes = 10, .sessions = 10}, 100);
  append(log, "12345", start);
  append(log, "123", start, {.rooms = {"r"}, .except = {"e"}});
  CHECK(log.size() == 2);
  append(log, "x", start);
  CHECK(log.size() == 2);
  append(log, "far too long", start);
  CHECK(log.size() == 0);
}

TEST_CASE("sessions are limited in number: the oldest go first") {
  RecoveryLog log({.duration = 60s, .bytes = 1000, .sessions = 2}, 100);
  append(log, "a", start);
  const std::string offset = RecoveryLog::offset_of(101);
  log.save(session("p1"), start);
  log.save(session("p2"), start);
  CHECK(log.session_count() == 2);
  log.save(session("p3"), start);
  CHECK(log.session_count() == 2);
  CHECK_FALSE(log.restore("p1", offset, start).has_value());
  CHECK(log.restore("p2", offset, start).has_value());
}

TEST_CASE("the oldest session is the one that has been away longest, not the one that first was") {
  RecoveryLog log({.duration = 60s, .bytes = 1000, .sessions = 2}, 100);
  append(log, "a", start);
  const std::string offset = RecoveryLog::offset_of(101);
  log.save(session("p1"), start);
  CHECK(log.restore("p1", offset, start).has_value());
  log.save(session("p2"), start + 1s);
  log.save(session("p1"), start + 2s);
  log.save(session("p3"), start + 3s);
  CHECK(log.session_count() == 2);
  CHECK_FALSE(log.restore("p2", offset, start + 3s).has_value());
  CHECK(log.restore("p1", offset, start + 3s).has_value());
}

TEST_CASE("a session that is saved twice is away since the second time") {
  RecoveryLog log(roomy, 100);
  append(log, "a", start);
  log.save(session("p1"), start);
  log.save(session("p1"), start + 30s);
  CHECK(log.session_count() == 1);
  log.expire(start + 90s);
  CHECK(log.session_count() == 1);
  log.expire(start + 91s);
  CHECK(log.session_count() == 0);
}
