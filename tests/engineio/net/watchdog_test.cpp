#include "engineio/net/watchdog.hpp"

#include <future>
#include <optional>
#include <string>

#include <doctest/doctest.h>

#include "tests/engineio/net/net_support.hpp"
#include "tests/engineio/net/tls_support.hpp"

using engineio::Activity;
using engineio::Clock;
using engineio::Stall;
using engineio::net::StallDetector;
using namespace net_support;

namespace {

std::string text_of(const std::optional<Stall>& stall) {
  return !stall ? "nothing"
                : "shard " + std::to_string(stall->shard) + " " +
                      std::to_string(stall->duration.count()) + " ms " +
                      (stall->over ? "over: " : "so far: ") + std::string(stall->activity);
}

/// A detector with a threshold of 100 ms, and a clock that starts at 0 ms.
struct Detector {
  std::string look(int now, std::optional<int> busy_since, const std::string& activity = "work") {
    return text_of(detector.look(at(now), when(busy_since), [&] { return ++asked, activity; }));
  }
  long next_look(int now, std::optional<int> busy_since) {
    return (detector.next_look(at(now), when(busy_since)) - Clock::time_point()) / 1ms;
  }

  static Clock::time_point at(int time) {
    return Clock::time_point(std::chrono::milliseconds(time));
  }
  static std::optional<Clock::time_point> when(std::optional<int> time) {
    return time ? std::optional(at(*time)) : std::nullopt;
  }

  StallDetector detector{3, 100ms};
  int asked = 0;
};

/// What a loop is given to do, and what it waits for.
class Job {
 public:
  explicit Job(engineio::net::Loop& loop) {
    loop.post([this, &loop] {
      const Activity activity(loop.activity(), "a long job");
      begun_.set_value();
      may_end_.get_future().wait();
    });
    begun_.get_future().wait();
  }
  ~Job() {
    if (!ended_) {
      end();
    }
  }
  void end() {
    ended_ = true;
    may_end_.set_value();
  }

 private:
  std::promise<void> begun_;
  std::promise<void> may_end_;
  bool ended_ = false;
};

/// Two echoing loops that are watched.
struct Stallable {
  Stallable() {
    server.group.watch(300ms, [this](const Stall& stall) {
      if (stall.activity == "a long job") {
        server.log.add((stall.over ? "over " : "stalled ") + std::to_string(stall.shard));
      }
    });
  }

  /// Whether a loop comes to watch so many descriptors.
  bool watches(unsigned loop, std::size_t descriptors) {
    const auto give_up = std::chrono::steady_clock::now() + patience;
    std::size_t watched = 0;
    for (;;) {
      server.on_loop(loop, [&] { watched = server.group.loop(loop).poller().size(); });
      if (watched == descriptors || std::chrono::steady_clock::now() >= give_up) {
        return watched == descriptors;
      }
      std::this_thread::sleep_for(1ms);
    }
  }

  Server server{{}, 2};
};

}  // namespace

TEST_SUITE("net watchdog") {
  TEST_CASE("a stall is told when it lasts as long as the threshold, and when it is over") {
    Detector detector;
    CHECK(detector.look(1099, 1000) == "nothing");
    CHECK(detector.asked == 0);
    CHECK(detector.look(1100, 1000) == "shard 3 100 ms so far: work");
    CHECK(detector.look(1200, 1000) == "nothing");
    CHECK(detector.look(1300, std::nullopt, "other work") == "shard 3 300 ms over: work");
    CHECK(detector.look(1301, std::nullopt) == "nothing");
    CHECK(detector.asked == 1);
  }

  TEST_CASE("the next turn is not the same stall") {
    Detector detector;
    CHECK(detector.look(1100, 1000) == "shard 3 100 ms so far: work");
    CHECK(detector.look(1350, 1250, "more") == "shard 3 350 ms over: work");
    CHECK(detector.look(1350, 1250, "more") == "shard 3 100 ms so far: more");
    CHECK(detector.look(1360, 1360) == "shard 3 110 ms over: more");
  }

  TEST_CASE("a loop that sleeps, or has many turns, is not stalled") {
    Detector detector;
    CHECK(detector.look(100'000, std::nullopt) == "nothing");
    CHECK(detector.look(100'000, 99'901) == "nothing");
    CHECK(detector.look(200'000, 199'950) == "nothing");
  }

  TEST_CASE("it looks when there can be something to tell") {
    Detector detector;
    CHECK(detector.next_look(1000, std::nullopt) == 1100);
    CHECK(detector.next_look(1000, 950) == 1050);
    static_cast<void>(detector.look(1050, 950));
    CHECK(detector.next_look(1050, 950) == 1060);  // for the end
    static_cast<void>(detector.look(1060, std::nullopt));
    CHECK(detector.next_look(1060, std::nullopt) == 1160);
  }

  TEST_CASE("a loop that does not come back is reported, and the others go on") {
    Server server({}, 2);
    server.group.watch(20ms, [&](const Stall& stall) {
      if (stall.activity == "a long job") {
        server.log.add((stall.over ? "over " : "stalled ") + std::to_string(stall.shard));
        server.log.add(stall.duration < 20ms ? "too early" : "in time");
      }
    });
    server.listen_and_start();
    Job job(server.group.loop(1));
    CHECK(server.log.wait_for("stalled 1"));
    bool ran = false;
    server.on_loop(0, [&] { ran = true; });
    CHECK(ran);
    CHECK(server.log.count("over 1") == 0);
    job.end();
    CHECK(server.log.wait_for("over 1"));
    CHECK(server.log.count("stalled 1") == 1);
    CHECK(server.log.count("stalled 0") == 0);
    CHECK(server.log.count("too early") == 0);
  }

  TEST_CASE("new connections of a loop that does not come back go to the others, until it does") {
    Stallable stallable;
    const std::uint16_t port = stallable.server.listen_and_start();
    CHECK(stallable.watches(0, 1));
    Job job(stallable.server.group.loop(1));
    CHECK(stallable.server.log.wait_for("stalled 1"));
    for (int i = 0; i < 32; ++i) {  // the kernel gives about half of them to each
      CHECK(Client(port).request("hello") == "hello");
    }
    CHECK(stallable.watches(0, 2));
    job.end();
    CHECK(stallable.watches(0, 1));
    CHECK(Client(port).request("hello") == "hello");
  }

  TEST_CASE("what is shared out is not given to a loop that does not come back") {
    const TemporaryDirectory directory;
    for (const unsigned stalled : {0U, 1U}) {  // the first accepts for all
      CAPTURE(stalled);
      Stallable stallable;
      stallable.server.group.listen_unix(directory.file("socket"));
      stallable.server.start();
      Job job(stallable.server.group.loop(stalled));
      CHECK(stallable.server.log.wait_for("stalled " + std::to_string(stalled)));
      for (int i = 0; i < 4; ++i) {
        CHECK(Client(directory.file("socket")).request("hello") == "hello");
      }
    }
  }

  TEST_CASE("who comes when nobody listens any more is not accepted in another's place") {
    Stallable stallable;
    stallable.server.listen_and_start();
    Job job(stallable.server.group.loop(1));
    stallable.server.group.stop_listening();
    CHECK(stallable.server.log.wait_for("stalled 1"));
    CHECK(stallable.watches(0, 0));
  }

  TEST_CASE("a loop that does not come back to stop is reported") {
    Server server({}, 2);
    server.group.watch(20ms, [&](const Stall& stall) {
      server.log.add(std::string(stall.activity) + (stall.over ? " over" : ""));
    });
    server.listen_and_start();
    {
      Job job(server.group.loop(1));
      server.group.stop();
      CHECK(server.log.wait_for("a long job"));
    }
    server.stop();
    CHECK(server.log.count("a long job") == 1);
    CHECK(server.log.count("a long job over") == 1);
  }
}
