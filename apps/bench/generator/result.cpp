#include "apps/bench/generator/result.hpp"

#include <cstdio>

#include "apps/bench/generator/process.hpp"

namespace bench {
namespace {

constexpr double too_busy = 0.9;  // then it may be the generator that limits the rate

struct Quantile {
  const char* name;
  double share;
};
constexpr Quantile quantiles[] = {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}};

double rate_of(const Result& result) {
  return static_cast<double>(result.count) / to_seconds(result.wall);
}

double server_microseconds_per_unit(const Result& result) {
  return to_seconds(*result.server_cpu) * 1e6 / static_cast<double>(result.count);
}

double own_load(const Result& result) {
  return to_seconds(result.own_cpu) / to_seconds(result.wall);
}

double server_load(const Result& result) {
  return to_seconds(*result.server_cpu) / to_seconds(result.wall);
}

void print_table(const Options& options, const Result& result) {
  std::printf("%s: %zu connections, %.2f s\n", options.scenario.c_str(), options.connections,
              to_seconds(result.wall));
  if (result.count != 0) {
    std::printf("  rate             %.0f per second\n  latency         ", rate_of(result));
    for (const Quantile& quantile : quantiles) {
      const double seconds = to_seconds(result.latency.percentile(quantile.share));
      std::printf(" %s %.3f ms ", quantile.name, seconds * 1e3);
    }
    std::printf("\n");
  }
  if (result.count != 0 && result.server_cpu) {
    std::printf("  server           %.3f us of CPU per %s, %.0f%% of a core\n",
                server_microseconds_per_unit(result), result.unit.c_str(),
                server_load(result) * 100);
  }
  if (result.bytes_per_connection) {
    std::printf("  server memory    %.0f bytes per connection\n", *result.bytes_per_connection);
  }
  if (result.delivered_share) {
    std::printf("  delivered        %.4f%%\n", *result.delivered_share * 100);
  }
  std::printf("  generator        %.0f%% of a core%s\n", own_load(result) * 100,
              own_load(result) > too_busy ? ": IT MAY BE THE BOTTLENECK" : "");
}

void print_histogram(const Histogram& histogram) {
  const char* comma = "";
  std::printf(",\"latency_ns\":[");
  histogram.for_each_bucket([&](nanoseconds upper_bound, std::uint64_t samples) {
    std::printf("%s[%lld,%llu]", comma, static_cast<long long>(upper_bound.count()),
                static_cast<unsigned long long>(samples));
    comma = ",";
  });
  std::printf("]");
}

void print_json(const Options& options, const Result& result) {
  std::printf("{\"scenario\":\"%s\",\"connections\":%zu,\"unit\":\"%s\",\"count\":%llu",
              options.scenario.c_str(), options.connections, result.unit.c_str(),
              static_cast<unsigned long long>(result.count));
  std::printf(",\"seconds\":%.6f,\"generator_load\":%.4f", to_seconds(result.wall),
              own_load(result));
  if (result.server_cpu) {
    std::printf(",\"server_cpu_seconds\":%.9f", to_seconds(*result.server_cpu));
  }
  if (result.bytes_per_connection) {
    std::printf(",\"bytes_per_connection\":%.1f", *result.bytes_per_connection);
  }
  if (result.delivered_share) {
    std::printf(",\"delivered_share\":%.9f", *result.delivered_share);
  }
  print_histogram(result.latency);
  std::printf("}\n");
}

}  // namespace

Meter::Meter(const Options& options)
    : server_pid_(options.server_pid),
      begin_(Clock::now()),
      own_cpu_(own_cpu_time()),
      server_cpu_(server_pid_ != 0 ? cpu_time_of(server_pid_) : nanoseconds(0)) {}

void Meter::stop(Result& result) const {
  result.wall = Clock::now() - begin_;
  result.own_cpu = own_cpu_time() - own_cpu_;
  if (server_pid_ != 0) {
    result.server_cpu = cpu_time_of(server_pid_) - server_cpu_;
  }
}

void print(const Options& options, const Result& result) {
  options.json ? print_json(options, result) : print_table(options, result);
}

}  // namespace bench
