#include "adapters/cluster/requests.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

#include "socketio/codec.hpp"

using namespace adapters;
using namespace adapters::cluster;
using namespace std::chrono_literals;

namespace {

struct Asked {
  Asked() : start(std::chrono::hours(1)), requests(timers, monitor) {}

  void add(const std::string& id, MessageType type = MessageType::fetch_sockets_response) {
    requests.add(id,
                 {.response = type,
                  .on_response = [this](socketio::ValueView) { ++responses; },
                  .on_end = [this](std::string why) { error = std::move(why); }},
                 start + 5s);
  }
  void respond(const std::string& id, std::string_view uid,
               MessageType type = MessageType::fetch_sockets_response) {
    requests.respond(id, {type, uid, "/", {}});
  }

  engineio::Clock::time_point start;
  engineio::Timers timers;
  BusMonitor monitor;
  Requests requests;
  int responses = 0;
  std::optional<std::string> error;
};

}  // namespace

TEST_CASE("a request ends with the last response") {
  Asked asked;
  asked.add("r");
  asked.respond("r", "b");  // before it is known how many there will be
  CHECK_FALSE(asked.error.has_value());
  asked.requests.expect("r", 2);
  CHECK_FALSE(asked.error.has_value());
  asked.respond("r", "c");
  CHECK(asked.error == "");
  CHECK(asked.responses == 2);
  CHECK(asked.requests.size() == 0);
  CHECK(asked.timers.size() == 0);
  asked.respond("r", "d");
  CHECK(asked.responses == 2);
}

TEST_CASE("a request that has its responses when their number is known, and one without others") {
  Asked asked;
  asked.add("r");
  asked.respond("r", "b");
  asked.requests.expect("r", 1);
  CHECK(asked.error == "");

  Asked alone;
  alone.add("r");
  alone.requests.expect("r", 0);
  CHECK(alone.error == "");
}

TEST_CASE("responses that do not count") {
  Asked asked;
  asked.add("r");
  asked.requests.expect("r", 2);
  asked.respond("r", "b");
  asked.respond("r", "b");
  asked.respond("r", "c", MessageType::server_side_emit_response);
  asked.respond("other", "c");
  CHECK(asked.responses == 1);
  CHECK_FALSE(asked.error.has_value());
  asked.respond("r", "");  // does not say who it is
  CHECK(asked.error == "");
}

TEST_CASE("a request ends at its deadline, with how many have responded") {
  Asked asked;
  asked.add("r");
  asked.requests.expect("r", 3);
  asked.respond("r", "b");
  asked.timers.advance(asked.start + 5s - 1ns);
  CHECK_FALSE(asked.error.has_value());
  asked.timers.advance(asked.start + 5s);
  CHECK(asked.error == "timeout reached: only 1 responses received out of 3");
  CHECK(asked.monitor.statistics().requests_timed_out == 1);
}

TEST_CASE("a request whose servers could not be counted") {
  Asked asked;
  asked.add("r");
  asked.requests.fail("r", servers_unknown);
  CHECK(asked.error == "the other servers could not be counted");

  Asked late;
  late.add("r");
  late.timers.advance(late.start + 5s);
  CHECK(late.error == "timeout reached: the other servers could not be counted");
}

TEST_CASE("requests that are forgotten") {
  Asked asked;
  asked.add("r");
  asked.requests.clear();
  CHECK_FALSE(asked.error.has_value());
  CHECK(asked.timers.size() == 0);
}

TEST_CASE("an id that is in use is refused") {
  Asked asked;
  asked.add("r");
  asked.add("r");
  CHECK(asked.error == "the id of the request is in use");
  CHECK(asked.requests.size() == 1);
}
