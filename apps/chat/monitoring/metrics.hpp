#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chat {

struct CounterCell;
struct GaugeCell;
struct HistogramCell;

/// A number that only grows. The three kinds of metrics may be used from any thread, and copied;
/// they live as long as their Metrics.
class Counter {
 public:
  explicit Counter(CounterCell& cell) noexcept : cell_(&cell) {}
  void add(double amount = 1);
  /// For what is counted elsewhere. A smaller total changes nothing.
  void raise_to(double total);
  [[nodiscard]] double value() const;

 private:
  CounterCell* cell_;
};

/// A number that goes up and down.
class Gauge {
 public:
  explicit Gauge(GaugeCell& cell) noexcept : cell_(&cell) {}
  void set(double value);
  void add(double amount);
  [[nodiscard]] double value() const;

 private:
  GaugeCell* cell_;
};

/// How numbers are distributed: here, durations in seconds.
class Histogram {
 public:
  explicit Histogram(HistogramCell& cell) noexcept : cell_(&cell) {}
  void observe(std::chrono::steady_clock::duration duration);

 private:
  HistogramCell* cell_;
};

/// What /metrics shows, in Prometheus' text format. Names begin with `sio_chat_`; counters end with
/// `_total`, durations with `_seconds`. Never a label for each room, user or socket: there is no
/// end to them.
///
///     chat::Counter stored = metrics.counter("sio_chat_messages_stored_total", "Messages
///     stored."); stored.add(batch.size());
class Metrics {
 public:
  using Labels = std::vector<std::pair<std::string, std::string>>;

  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // Any thread. Asked for twice, the same metric.

  [[nodiscard]] Counter counter(const std::string& name, const std::string& help,
                                const Labels& labels = {});
  [[nodiscard]] Gauge gauge(const std::string& name, const std::string& help,
                            const Labels& labels = {});
  /// Buckets from 0.1 ms to 10 s.
  [[nodiscard]] Histogram histogram(const std::string& name, const std::string& help,
                                    const Labels& labels = {});

  /// How long events took until they were answered: `sio_chat_event_seconds{event=…}`. `event` is
  /// one that the program handles, not what a client says.
  [[nodiscard]] Histogram event_latency(const std::string& event);
  /// What was thrown away, and why: `sio_chat_dropped_total{what=…}`.
  [[nodiscard]] Counter dropped(const std::string& what);
  /// What waits: `sio_chat_queue_depth{queue=…}`.
  [[nodiscard]] Gauge queue_depth(const std::string& queue);

  /// Runs `sample` before each text() and reading of values, on the thread that asks: for what is
  /// counted elsewhere. Before the server runs.
  void on_scrape(std::function<void()> sample);

  [[nodiscard]] std::string text() const;

  /// The distribution over all events together. Milliseconds; what is in a bucket is taken as
  /// spread evenly over it.
  struct Latency {
    std::uint64_t count = 0;
    double p50 = 0;
    double p95 = 0;
    double p99 = 0;
  };
  [[nodiscard]] Latency event_latency() const;

  /// The values of a counter or gauge with one label, by that label.
  using Values = std::map<std::string, double>;
  [[nodiscard]] Values values(const std::string& name) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// Observes the time between its making and its end: that of a handler, say.
///
///     const chat::Stopwatch watch(latency_);
class Stopwatch {
 public:
  explicit Stopwatch(Histogram histogram) noexcept : histogram_(histogram) {}
  ~Stopwatch() { histogram_.observe(std::chrono::steady_clock::now() - begin_); }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  Histogram histogram_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace chat
