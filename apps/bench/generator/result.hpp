#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "apps/bench/generator/clock.hpp"
#include "apps/bench/generator/histogram.hpp"
#include "apps/bench/generator/options.hpp"

namespace bench {

/// What was measured.
struct Result {
  std::string unit;         ///< what was counted: message, delivery, connection
  std::uint64_t count = 0;  ///< of these
  Histogram latency;        ///< of each
  nanoseconds wall{};
  nanoseconds own_cpu{};
  std::optional<nanoseconds> server_cpu = {};
  std::optional<double> bytes_per_connection = {};
  std::optional<double> delivered_share = {};  ///< where messages may get lost; 1: none was
};

/// Measures from its construction to stop() what time has passed and who used the processor.
class Meter {
 public:
  explicit Meter(const Options& options);
  void stop(Result& result) const;

 private:
  int server_pid_;
  Time begin_;
  nanoseconds own_cpu_;
  nanoseconds server_cpu_;
};

void print(const Options& options, const Result& result);

}  // namespace bench
