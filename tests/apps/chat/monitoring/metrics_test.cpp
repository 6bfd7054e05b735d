#include "apps/chat/monitoring/metrics.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace std::chrono_literals;
using chat::Metrics;

namespace {

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

}  // namespace

TEST_CASE("metrics appear in Prometheus' text format") {
  Metrics metrics;
  metrics.counter("sio_chat_things_total", "Things.").add(3);
  metrics.gauge("sio_chat_level", "A level.", {{"kind", "a"}}).set(1.5);
  metrics.histogram("sio_chat_wait_seconds", "A wait.").observe(3ms);
  const std::string text = metrics.text();
  CHECK(has_line(text, "# HELP sio_chat_things_total Things."));
  CHECK(has_line(text, "# TYPE sio_chat_things_total counter"));
  CHECK(has_line(text, "sio_chat_things_total 3"));
  CHECK(has_line(text, "sio_chat_level{kind=\"a\"} 1.5"));
  CHECK(has_line(text, "sio_chat_wait_seconds_count 1"));
  CHECK(has_line(text, "sio_chat_wait_seconds_bucket{le=\"0.0025\"} 0"));
  CHECK(has_line(text, "sio_chat_wait_seconds_bucket{le=\"0.005\"} 1"));
  CHECK(has_line(text, "sio_chat_wait_seconds_bucket{le=\"+Inf\"} 1"));
}

TEST_CASE("asked for twice it is the same metric, and labels tell metrics apart") {
  Metrics metrics;
  metrics.dropped("log").add();
  metrics.dropped("log").add();
  metrics.dropped("volatile").add(5);
  metrics.queue_depth("store").set(7);
  metrics.queue_depth("store").add(-3);
  CHECK(metrics.values("sio_chat_dropped_total") == Metrics::Values{{"log", 2}, {"volatile", 5}});
  CHECK(metrics.values("sio_chat_queue_depth") == Metrics::Values{{"store", 4}});
  CHECK(metrics.values("sio_chat_nothing").empty());
}

TEST_CASE("a counter follows a total that is kept elsewhere, and never falls") {
  Metrics metrics;
  chat::Counter counter = metrics.counter("sio_chat_things_total", "Things.");
  counter.raise_to(5);
  counter.raise_to(5);
  counter.raise_to(3);
  CHECK(counter.value() == 5);
  counter.raise_to(8);
  CHECK(counter.value() == 8);
}

TEST_CASE("samples are taken before each scrape") {
  Metrics metrics;
  int scrapes = 0;
  metrics.on_scrape([&, gauge = metrics.gauge("sio_chat_scrapes", "Scrapes.")]() mutable {
    gauge.set(++scrapes);
  });
  CHECK(has_line(metrics.text(), "sio_chat_scrapes 1"));
  CHECK(has_line(metrics.text(), "sio_chat_scrapes 2"));
}

TEST_CASE("the latency of events is that of all of them together") {
  Metrics metrics;
  CHECK(metrics.event_latency().count == 0);
  CHECK(metrics.event_latency().p99 == 0);
  for (int i = 0; i < 90; ++i) {
    metrics.event_latency("typing").observe(300us);
  }
  for (int i = 0; i < 10; ++i) {
    metrics.event_latency("sendMessage").observe(200ms);
  }
  const Metrics::Latency latency = metrics.event_latency();
  CHECK(latency.count == 100);
  CHECK(latency.p50 > 0.25);
  CHECK(latency.p50 < 0.5);
  CHECK(latency.p95 == doctest::Approx(175));
  CHECK(latency.p99 <= 250);
  metrics.event_latency("slow").observe(1min);
  CHECK(metrics.event_latency().count == 101);
}

TEST_CASE("a stopwatch observes the time until its end") {
  Metrics metrics;
  { const chat::Stopwatch watch(metrics.event_latency("joinChat")); }
  CHECK(metrics.event_latency().count == 1);
}

TEST_CASE("several threads may count and read at once") {
  Metrics metrics;
  constexpr int rounds = 1'000;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&metrics] {
        for (int round = 0; round < rounds; ++round) {
          metrics.counter("sio_chat_things_total", "Things.").add();
          metrics.event_latency("joinChat").observe(1ms);
        }
      });
    }
    static_cast<void>(metrics.text());
  }
  CHECK(metrics.counter("sio_chat_things_total", "Things.").value() == 4 * rounds);
  CHECK(metrics.event_latency().count == 4 * rounds);
}
