#include <cstdlib>
#include <iostream>
#include <memory>
#include <string_view>
#include <vector>

#include "tests/instructions/benchmark.hpp"

using instructions::Benchmark;
using instructions::Entry;

/// Valgrind counts while this function is on the stack: count.sh names it. So it has to stay a
/// function, and must not end with a jump into another.
extern "C" [[gnu::noinline]] void counted_operation(Benchmark& benchmark) {
  benchmark.run();
  asm volatile("" : : : "memory");
}

namespace {

/// By then memory that is used again has grown, and what is made on first use is there.
constexpr int warm_up = 20;

/// A thousand turns of a loop of two instructions: shows that the counting is exact.
class Calibration final : public Benchmark {
 public:
  void run() override {
    long turns = 1000;
    asm volatile("0: dec %0\n jnz 0b" : "+r"(turns) : : "cc");
    left_ = turns;
  }
  [[nodiscard]] bool succeeded() const override { return left_ == 0; }

 private:
  long left_ = -1;
};

std::unique_ptr<Benchmark> make_calibration() { return std::make_unique<Calibration>(); }

std::vector<Entry> all_benchmarks() {
  std::vector<Entry> all{{"calibration", make_calibration}};
  for (auto* part : {instructions::parser_benchmarks, instructions::websocket_benchmarks,
                     instructions::payload_benchmarks, instructions::room_benchmarks,
                     instructions::session_benchmarks}) {
    for (const Entry& entry : part()) {
      all.push_back(entry);
    }
  }
  return all;
}

bool run(Benchmark& benchmark, int operations) {
  for (int i = 0; i < warm_up + operations; ++i) {
    benchmark.prepare();
    if (i < warm_up) {
      benchmark.run();
    } else {
      counted_operation(benchmark);
    }
    if (!benchmark.succeeded()) {
      return false;
    }
  }
  return true;
}

}  // namespace

/// Without arguments: prints the names. With a name and a number: runs so many operations of it.
int main(int argc, char** argv) {
  for (const Entry& entry : all_benchmarks()) {
    if (argc == 1) {
      std::cout << entry.name << '\n';
    } else if (argc == 3 && entry.name == argv[1]) {
      if (run(*entry.make(), std::atoi(argv[2]))) {
        return EXIT_SUCCESS;
      }
      std::cerr << entry.name << " did not do its work\n";
      return EXIT_FAILURE;
    }
  }
  return argc == 1 ? EXIT_SUCCESS : EXIT_FAILURE;
}
