#include "apps/chat/monitoring/metrics.hpp"

#include <algorithm>
#include <mutex>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace chat {

struct CounterCell {
  prometheus::Counter& metric;
  std::mutex mutex = {};  // of raise_to()
};
struct GaugeCell {
  prometheus::Gauge& metric;
};
struct HistogramCell {
  prometheus::Histogram& metric;
};

namespace {

constexpr const char* event_seconds = "sio_chat_event_seconds";

const prometheus::Histogram::BucketBoundaries bounds = {
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
    0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};

prometheus::Labels to_labels(const Metrics::Labels& labels) {
  return {labels.begin(), labels.end()};
}

/// The cell of a metric, made when it is asked for the first time.
template <class Metric, class Cell>
Cell& cell_of(Metric& metric, std::map<Metric*, Cell>& cells) {
  return cells.try_emplace(&metric, metric).first->second;
}

/// How many observations lie in each bucket, of all histograms of the family; the last one is that
/// of what is above all bounds.
std::vector<double> bucket_counts(const prometheus::MetricFamily& family) {
  std::vector<double> counts(bounds.size() + 1);
  for (const auto& metric : family.metric) {
    double below = 0;
    const auto& buckets = metric.histogram.bucket;
    for (std::size_t i = 0; i < std::min(buckets.size(), counts.size()); ++i) {
      const auto cumulative = static_cast<double>(buckets[i].cumulative_count);
      counts[i] += cumulative - below;
      below = cumulative;
    }
  }
  return counts;
}

double quantile(const std::vector<double>& counts, double total, double share) {
  double before = 0;
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    if (counts[i] > 0 && before + counts[i] >= share * total) {
      const double lower = i == 0 ? 0 : bounds[i - 1];
      return lower + (bounds[i] - lower) * (share * total - before) / counts[i];
    }
    before += counts[i];
  }
  return bounds.back();
}

}  // namespace

void Counter::add(double amount) { cell_->metric.Increment(amount); }

void Counter::raise_to(double total) {
  const std::lock_guard lock(cell_->mutex);
  cell_->metric.Increment(std::max(0.0, total - cell_->metric.Value()));
}

double Counter::value() const { return cell_->metric.Value(); }

void Gauge::set(double value) { cell_->metric.Set(value); }
void Gauge::add(double amount) { cell_->metric.Increment(amount); }
double Gauge::value() const { return cell_->metric.Value(); }

void Histogram::observe(std::chrono::steady_clock::duration duration) {
  cell_->metric.Observe(std::chrono::duration<double>(duration).count());
}

class Metrics::Impl {
 public:
  [[nodiscard]] prometheus::MetricFamily family(const std::string& name) const {
    for (prometheus::MetricFamily& family : registry.Collect()) {
      if (family.name == name) {
        return std::move(family);
      }
    }
    return {};
  }

  void sample() const {
    for (const auto& sampler : samplers) {
      sampler();
    }
  }

  prometheus::Registry registry{prometheus::Registry::InsertBehavior::Merge};
  std::mutex mutex;
  std::map<prometheus::Counter*, CounterCell> counters;
  std::map<prometheus::Gauge*, GaugeCell> gauges;
  std::map<prometheus::Histogram*, HistogramCell> histograms;
  std::vector<std::function<void()>> samplers;
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

Counter Metrics::counter(const std::string& name, const std::string& help, const Labels& labels) {
  const std::lock_guard lock(impl_->mutex);
  auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(impl_->registry);
  return Counter(cell_of(family.Add(to_labels(labels)), impl_->counters));
}

Gauge Metrics::gauge(const std::string& name, const std::string& help, const Labels& labels) {
  const std::lock_guard lock(impl_->mutex);
  auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(impl_->registry);
  return Gauge(cell_of(family.Add(to_labels(labels)), impl_->gauges));
}

Histogram Metrics::histogram(const std::string& name, const std::string& help,
                             const Labels& labels) {
  const std::lock_guard lock(impl_->mutex);
  auto& family = prometheus::BuildHistogram().Name(name).Help(help).Register(impl_->registry);
  return Histogram(cell_of(family.Add(to_labels(labels), bounds), impl_->histograms));
}

Histogram Metrics::event_latency(const std::string& event) {
  return histogram(event_seconds, "From the arrival of an event to its answer.",
                   {{"event", event}});
}

Counter Metrics::dropped(const std::string& what) {
  return counter("sio_chat_dropped_total", "What was thrown away.", {{"what", what}});
}

Gauge Metrics::queue_depth(const std::string& queue) {
  return gauge("sio_chat_queue_depth", "What waits.", {{"queue", queue}});
}

void Metrics::on_scrape(std::function<void()> sample) {
  impl_->samplers.push_back(std::move(sample));
}

std::string Metrics::text() const {
  impl_->sample();
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

Metrics::Latency Metrics::event_latency() const {
  const std::vector<double> counts = bucket_counts(impl_->family(event_seconds));
  double total = 0;
  for (const double count : counts) {
    total += count;
  }
  Latency latency{.count = static_cast<std::uint64_t>(total)};
  if (total > 0) {
    latency.p50 = 1'000 * quantile(counts, total, 0.50);
    latency.p95 = 1'000 * quantile(counts, total, 0.95);
    latency.p99 = 1'000 * quantile(counts, total, 0.99);
  }
  return latency;
}

Metrics::Values Metrics::values(const std::string& name) const {
  impl_->sample();
  Values values;
  const prometheus::MetricFamily family = impl_->family(name);
  for (const auto& metric : family.metric) {
    const std::string label = metric.label.empty() ? "" : metric.label.front().value;
    values[label] =
        family.type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value;
  }
  return values;
}

}  // namespace chat
