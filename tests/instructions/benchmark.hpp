#pragma once

#include <memory>
#include <string_view>
#include <vector>

namespace instructions {

/// A hot function, or a chain of them, at its usual work. What run() executes is counted, and
/// nothing else.
class Benchmark {
 public:
  Benchmark() = default;
  virtual ~Benchmark() = default;
  Benchmark(const Benchmark&) = delete;
  Benchmark& operator=(const Benchmark&) = delete;

  /// Before each operation: its input.
  virtual void prepare() {}
  /// One operation.
  virtual void run() = 0;
  /// After each operation: whether it did its work. The count of anything else means nothing.
  [[nodiscard]] virtual bool succeeded() const = 0;
};

/// A benchmark by the name that its count is recorded under.
struct Entry {
  std::string_view name;
  std::unique_ptr<Benchmark> (*make)();
};

[[nodiscard]] std::vector<Entry> parser_benchmarks();
[[nodiscard]] std::vector<Entry> websocket_benchmarks();
[[nodiscard]] std::vector<Entry> payload_benchmarks();
[[nodiscard]] std::vector<Entry> room_benchmarks();
[[nodiscard]] std::vector<Entry> session_benchmarks();

}  // namespace instructions
