#include "adapters/bus_statistics.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using adapters::BusMonitor;

TEST_CASE("a monitor counts") {
  BusMonitor monitor;
  monitor.count(BusMonitor::Event::published);
  monitor.count(BusMonitor::Event::received);
  monitor.count(BusMonitor::Event::received);
  monitor.count(BusMonitor::Event::own);
  monitor.count(BusMonitor::Event::ignored);
  monitor.count(BusMonitor::Event::request);
  monitor.count(BusMonitor::Event::request_timed_out);
  const auto statistics = monitor.statistics();
  CHECK(statistics.published == 1);
  CHECK(statistics.received == 2);
  CHECK(statistics.own == 1);
  CHECK(statistics.ignored == 1);
  CHECK(statistics.rubbish == 0);
  CHECK(statistics.requests == 1);
  CHECK(statistics.requests_timed_out == 1);
}

TEST_CASE("a monitor reports each kind of rubbish once") {
  std::vector<std::string> lines;
  BusMonitor monitor([&](socketio::LogLevel level, std::string_view text) {
    CHECK(level == socketio::LogLevel::warning);
    lines.emplace_back(text);
  });
  for (int i = 0; i < 3; ++i) {
    monitor.rubbish("one");
    monitor.rubbish("two");
  }
  CHECK(monitor.statistics().rubbish == 6);
  CHECK(lines ==
        std::vector<std::string>{"dropped a message of another server: one (reported once)",
                                 "dropped a message of another server: two (reported once)"});
}
